import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { QRCodeSVG } from 'qrcode.react'
import { useTranslation } from '@/i18n/useTranslation'
import { keys } from '@/api/keys'
import type { Guide, GuideStep } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useSettings } from '@/features/frame/useSettings'
import { waLink } from '@/pages/channels/waLink'
import { Button } from '@/ui/Button'
import { cx } from '@/ui/cx'

/** The steps in their order: what is done, the one to do now with its one button, and what comes later. */
export function GuideSteps({ guide, heading }: { guide: Guide; heading: 'h2' | 'h3' }) {
  const { t } = useTranslation()
  const done = guide.steps.filter((step) => step.state === 'done').length
  return (
    <>
      <p role="status" className="mb-2 text-sm text-muted tabular-nums">{t('guide.progress', { done, all: guide.steps.length })}</p>
      <ol aria-label={t('guide.title')}>
        {guide.steps.map((step, index) => <Row key={step.name} step={step} heading={heading} number={index + 1} isLast={index === guide.steps.length - 1} />)}
      </ol>
    </>
  )
}

function Row({ step, heading: Heading, number, isLast }: { step: GuideStep; heading: 'h2' | 'h3'; number: number; isLast: boolean }) {
  const { t } = useTranslation()
  const isNext = step.state === 'next'
  return (
    <li aria-current={isNext ? 'step' : undefined} className="relative flex gap-3 pb-5 last:pb-0">
      {!isLast && <span aria-hidden className="absolute start-3.5 top-8 bottom-1 w-px bg-line" />}
      <Mark state={step.state} number={number} />
      <div className="min-w-0 grow pt-0.5">
        <Heading className={cx('text-base', step.state === 'waits' ? 'text-muted' : 'text-strong', isNext ? 'font-semibold' : 'font-normal')}>
          {t(`guide.step.${step.name}.title`)}
          <span className="sr-only"> ({t(`guide.state.${step.state}`)})</span>
        </Heading>
        {step.state !== 'done' && <Advice step={step} />}
        {step.action && <Next step={step} />}
      </div>
    </li>
  )
}

const looks: Record<GuideStep['state'], string> = {
  done: 'bg-positive-soft text-positive-ink',
  next: 'bg-accent text-on-accent',
  open: 'border border-control text-ink',
  waits: 'border border-dashed border-control text-muted',
}

function Mark({ state, number }: { state: GuideStep['state']; number: number }) {
  return (
    <span aria-hidden className={cx('grid size-7 shrink-0 place-items-center rounded-full text-sm font-semibold tabular-nums', looks[state])}>
      {state === 'done' ? <Check size={16} strokeWidth={2.25} /> : number}
    </span>
  )
}

/** One sentence: why the step matters, or what it waits for. */
function Advice({ step }: { step: GuideStep }) {
  const { t } = useTranslation()
  const leads = useMe().permissions.includes('channel.manage')
  const text = () => {
    if (step.name === 'channel' && step.action === 'open_channel') return t('guide.step.channel.repair')
    if (step.name === 'message' && step.state === 'waits') return t(leads ? 'guide.step.message.waits' : 'guide.step.message.waits_admin')
    // Always from left to right: between Arabic words the plus would change sides.
    if (step.name === 'message') return step.phone ? t('guide.step.message.text', { phone: `\u2066${step.phone}\u2069` }) : t('guide.step.message.no_phone')
    if (step.name === 'answer' && step.state === 'waits') return t('guide.step.answer.waits')
    return t(`guide.step.${step.name}.text`)
  }
  return <p className="max-w-prose text-sm text-muted">{text()}</p>
}

/** The one thing to do. */
function Next({ step }: { step: GuideStep }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const settings = useSettings()
  const client = useQueryClient()
  const { action, channel_id: channelId, conversation_id: conversationId } = step
  if (!action) return null
  const link = action === 'write' ? waLink(step.phone ?? '', t('guide.hello')) : null
  const go = () => {
    switch (action) {
      case 'go_online':
        return settings.mutate({ presence: 'online' }, { onSuccess: () => void client.invalidateQueries({ queryKey: keys.guide }) })
      case 'write':
        return void window.open(link ?? '', '_blank', 'noopener')
      case 'open_channel':
        return channelId ? void navigate({ to: '/channels/$channelId', params: { channelId } }) : undefined
      case 'open_conversation':
        return conversationId ? void navigate({ to: '/inbox/$conversationId', params: { conversationId } }) : undefined
      case 'add_channel':
        return void navigate({ to: '/channels' })
      case 'invite':
        return void navigate({ to: '/team' })
      case 'connect_crm':
        return void navigate({ to: '/connections' })
      default:
        return void navigate({ to: '/inbox' })
    }
  }
  const isNext = step.state === 'next'
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
      {link && <QRCodeSVG value={link} size={104} marginSize={3} level="M" title={t('guide.qr')} bgColor="#ffffff" fgColor="#111111" className="shrink-0 rounded-md border border-line max-md:hidden" />}
      {(action !== 'write' || link) && <Button small={!isNext} look={isNext ? 'primary' : 'outline'} onPress={go}>{t(`guide.action.${action}`)}</Button>}
      {action === 'write' && channelId && <Link to="/channels/$channelId" params={{ channelId }} className="inline-flex min-h-6 items-center text-sm text-accent-ink underline underline-offset-2 max-md:min-h-11">{t('guide.nothing_arrives')}</Link>}
    </div>
  )
}
