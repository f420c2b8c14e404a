import { ArrowUp, Plus, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { TemplateSelect } from '@/pages/routing/TemplateSelect'
import { Button } from '@/ui/Button'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { ConditionEditor } from './ConditionEditor'
import { DaysField } from './DaysField'
import { FaultNote } from './Faults'
import { ParameterField } from './ParameterField'
import { partName } from './describe'
import { emptyPart, raised, replaced, without, type Condition, type Offered, type Part, type Parts } from './model'

interface Props {
  /** Triggers or steps. */
  tag: 'on' | 'do'
  list: readonly Part[]
  parts: Parts
  path: string
  onChange: (list: Part[]) => void
}

/** Triggers or steps, drawn from what the server offers. */
export function PartsEditor({ tag, list, parts, path, onChange }: Props) {
  const { t } = useTranslation()
  const offered = tag === 'on' ? parts.triggers : parts.steps
  const name = (word: string) => partName(tag, { [tag]: word }, t)
  const add = tag === 'on' ? t('automation.add_trigger') : t('automation.add_step')
  return (
    <div className="flex flex-col gap-2">
      <ol className="flex flex-col gap-2">
        {list.map((part, at) => (
          <li key={at} className="rounded-md border border-line p-2">
            <div className="flex items-center gap-1">
              <span className="grow text-sm font-semibold text-strong">{name(String(part[tag]))}</span>
              {at > 0 && <IconButton label={t('automation.up', { place: at + 1 })} icon={ArrowUp} onPress={() => onChange(raised(list, at))} />}
              <IconButton label={t('automation.drop', { place: at + 1 })} icon={X} onPress={() => onChange(without(list, at))} />
            </div>
            <One part={part} parts={parts} offered={offered.find((one) => one.name === part[tag])} path={`${path}.${at}`} onChange={(next) => onChange(replaced(list, at, next))} />
          </li>
        ))}
      </ol>
      <FaultNote path={path} />
      <div>
        <Menu label={add} items={offered.map((one) => ({ id: one.name, label: name(one.name), onAction: () => onChange([...list, emptyPart(tag, one)]) }))}>
          <Button small><Plus size={14} aria-hidden />{add}</Button>
        </Menu>
      </div>
    </div>
  )
}

function One({ part, parts, offered, path, onChange }: { part: Part; parts: Parts; offered: Offered | undefined; path: string; onChange: (part: Part) => void }) {
  const { t } = useTranslation()
  if (part.do === 'send_template') {
    const value = part.name ? { name: String(part.name), language: String(part.language) } : null
    return <TemplateSelect label={t('automation.parameter.name')} none={t('automation.choose')} value={value} onChange={(chosen) => onChange({ ...part, name: chosen?.name ?? '', language: chosen?.language ?? '' })} />
  }
  return (
    <div className="flex flex-col gap-2">
      {offered?.parameters.map(({ name, kind }) => {
        const write = (value: unknown) => onChange({ ...part, [name]: value })
        const label = t(`automation.parameter.${name}` as 'automation.parameter.body')
        const place = `${path}.${name}`
        if (kind === 'condition') return <ConditionEditor key={name} condition={part[name] as Condition} parts={parts} path={place} onChange={write} />
        if (kind === 'days') return <DaysField key={name} value={(part[name] as string[] | undefined) ?? []} days={parts.days} onChange={write} />
        if (kind === 'steps') {
          return (
            <div key={name} role="group" aria-label={label} className="flex flex-col gap-2 border-s-2 border-line ps-3">
              <span className="text-sm text-muted">{label}</span>
              <PartsEditor tag="do" list={(part[name] as Part[] | undefined) ?? []} parts={parts} path={place} onChange={write} />
            </div>
          )
        }
        return <ParameterField key={name} label={label} kind={kind} path={place} value={part[name]} onChange={write} />
      })}
    </div>
  )
}
