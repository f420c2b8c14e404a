import { useMutation, useQueryClient } from '@tanstack/react-query'
import { GraduationCap } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, post } from '@/api/client'
import { useMe } from '@/features/frame/useMe'
import { understandingKeys, type Accuracy, type IntentState, type ModelVersion } from '@/features/understanding/api'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { Pill, type Tone } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { When } from '@/ui/When'

const tones: Record<Accuracy['standing'], Tone> = { unknown: 'neutral', good: 'positive', near: 'info', warning: 'caution', retrain: 'danger' }

/** How well the model knows what customers want, and its versions. */
export function Model({ state }: { state: IntentState }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const may = useMe().permissions.includes('rule.manage')
  const fail = (error: unknown) => toast(errorText(error, t), 'danger')
  const learn = useMutation({
    mutationFn: () => post<void>('/intents/learn'),
    onSuccess: () => {
      toast(t('understanding.learning'))
      setTimeout(() => void client.invalidateQueries({ queryKey: understandingKeys.intents }), 5_000)
    },
    onError: (error) => (error instanceof ApiError && error.code === 'too_few_labels' ? toast(t('understanding.too_few_labels'), 'danger') : fail(error)),
  })
  const use = useMutation({
    mutationFn: (version: number) => post<IntentState>(`/intents/versions/${version}/use`),
    onSuccess: (fresh) => client.setQueryData(understandingKeys.intents, fresh),
    onError: fail,
  })
  const [all, ...languages] = state.live
  const inForce = state.versions.find((one) => one.in_force)
  return (
    <>
      <Section
        title={t('understanding.live')}
        hint={t('understanding.goal', { percent: formats.percent(state.goal / 100) })}
        aside={may && <Button small isDisabled={learn.isPending} onPress={() => learn.mutate()}><GraduationCap size={15} aria-hidden />{t('understanding.learn')}</Button>}
      >
        {all && <Right accuracy={all} />}
        {languages.some((one) => one.named > 0) && (
          <ul className="mt-2 flex flex-col gap-1">
            {languages.filter((one) => one.named > 0).map((one) => (
              <li key={one.language ?? ''} className="flex flex-wrap items-baseline gap-x-3 text-sm"><span className="w-32 text-muted">{one.language ? formats.language(one.language) : t('understanding.no_language')}</span><Right accuracy={one} /></li>
            ))}
          </ul>
        )}
        <p className="mt-2 text-sm text-muted tabular-nums">{t('understanding.labels', { number: formats.number(state.labels) })}{state.waiting > 0 && ` · ${t('understanding.waiting', { number: formats.number(state.waiting) })}`}</p>
      </Section>
      <Section title={t('understanding.versions')}>
        <ul aria-label={t('understanding.versions')}>
          {state.versions.map((one) => <Version key={one.version} version={one} onUse={may ? () => use.mutate(one.version) : undefined} />)}
          <li className="flex min-h-12 items-center gap-2 py-1.5">
            <span className="grow text-strong">{t('understanding.seeds')}</span>
            {inForce ? may && <Button small onPress={() => use.mutate(0)}>{t('understanding.use')}</Button> : <Pill tone="accent">{t('understanding.in_force')}</Pill>}
          </li>
        </ul>
      </Section>
    </>
  )
}

/** A share of right answers with what it may be in truth. */
function Right({ accuracy }: { accuracy: Accuracy }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const share = (percent: number) => formats.percent(Math.round(percent) / 100)
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
      <Pill tone={tones[accuracy.standing]}>{accuracy.percent === null ? '–' : share(accuracy.percent)} · {t(`understanding.standing.${accuracy.standing}`)}</Pill>
      {accuracy.named > 0 && <span className="text-muted tabular-nums">{t('understanding.right', { right: formats.number(accuracy.right), named: formats.number(accuracy.named), low: share(accuracy.low), high: share(accuracy.high) })}</span>}
      {accuracy.silent > 0 && <span className="text-muted tabular-nums">{t('understanding.silent', { number: formats.number(accuracy.silent) })}</span>}
    </span>
  )
}

function Version({ version, onUse }: { version: ModelVersion; onUse?: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  return (
    <li className="flex min-h-12 items-center gap-2 border-b border-line py-1.5">
      <div className="min-w-0 grow">
        <p className="text-strong">{t('understanding.version', { number: formats.number(version.version) })} <When at={version.made_at} className="text-xs text-muted" /></p>
        <p className="text-sm text-muted tabular-nums">{t('understanding.made_of', { labels: formats.number(version.labels), seconds: formats.number(Math.round(version.took_ms / 100) / 10) })}</p>
        {version.held_out && version.held_out.named > 0 && <Right accuracy={version.held_out} />}
      </div>
      {version.in_force ? <Pill tone="accent">{t('understanding.in_force')}</Pill> : onUse && <Button small onPress={onUse}>{t('understanding.use')}</Button>}
    </li>
  )
}
