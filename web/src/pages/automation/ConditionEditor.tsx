import { Plus, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { Button } from '@/ui/Button'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { Select } from '@/ui/Select'
import { DaysField } from './DaysField'
import { FaultNote, useFault } from './Faults'
import { ParameterField } from './ParameterField'
import { comparisons, emptyCondition, kindOf, replaced, valueFor, withField, without, type Condition, type Parts } from './model'

interface Props<C extends Condition = Condition> {
  condition: C
  parts: Parts
  path: string
  onChange: (condition: Condition) => void
}

const kinds = ['field', 'time', 'count', 'not', 'all', 'any'] as const

/** One condition, or a group of them. */
export function ConditionEditor(props: Props) {
  const { condition } = props
  switch (condition.type) {
    case 'all':
    case 'any':
      return <Group {...props} condition={condition} />
    case 'not':
      return <ConditionEditor {...props} condition={condition.of} path={`${props.path}.of`} onChange={(of) => props.onChange({ type: 'not', of })} />
    case 'field':
      return <FieldCondition {...props} condition={condition} />
    case 'time':
      return <TimeCondition {...props} condition={condition} />
    case 'count':
      return <CountCondition {...props} condition={condition} />
  }
}

type Of<T> = Extract<Condition, { type: T }>

function Group({ condition, parts, path, onChange }: Props<Of<'all' | 'any'>>) {
  const { t } = useTranslation()
  const groups = (['all', 'any'] as const).map((id) => ({ id, label: t(`automation.condition.${id}`) }))
  const change = (of: Condition[]) => onChange({ ...condition, of })
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">{t('automation.conditions')}</legend>
      {condition.of.length > 0 && <Select hideLabel label={t('automation.joined')} value={condition.type} options={groups} onChange={(type) => onChange({ ...condition, type })} />}
      <ul className="flex flex-col gap-2">
        {condition.of.map((one, at) => (
          <li key={at} className="flex items-start gap-1 rounded-md border border-line p-2">
            <div className="flex min-w-0 grow flex-col gap-2">
              {one.type === 'not' && <span className="text-sm font-semibold text-strong">{t('automation.condition.not')}</span>}
              <ConditionEditor condition={one} parts={parts} path={`${path}.of.${at}`} onChange={(next) => change(replaced(condition.of, at, next))} />
            </div>
            <IconButton label={t('automation.drop', { place: at + 1 })} icon={X} onPress={() => change(without(condition.of, at))} />
          </li>
        ))}
      </ul>
      <FaultNote path={path} />
      <div>
        <Menu label={t('automation.add_condition')} items={kinds.map((kind) => ({ id: kind, label: t(`automation.condition.${kind}`), onAction: () => change([...condition.of, emptyCondition(kind, parts)]) }))}>
          <Button small><Plus size={14} aria-hidden />{t('automation.add_condition')}</Button>
        </Menu>
      </div>
    </fieldset>
  )
}

const own = 'contact.fields.'

function FieldCondition({ condition, parts, path, onChange }: Props<Of<'field'>>) {
  const { t } = useTranslation()
  const fault = useFault(`${path}.field`)
  const isOwn = condition.field.startsWith(own)
  const fields = [...parts.fields.map(({ name }) => ({ id: name, label: t(`automation.field.${name}` as 'automation.field.contact.name') })), { id: own, label: t('automation.own_field') }]
  const all = comparisons(condition.field, parts)
  const wants = all.find((one) => one.is === condition.is)?.wants ?? 'nothing'
  const kind = kindOf(condition.field, parts)
  const options = parts.fields.find(({ name }) => name === condition.field)?.options ?? []
  const choose = (field: string) => onChange(withField(field, null, undefined, parts))
  const write = (value: unknown) => onChange({ ...condition, value })
  return (
    <div className="grid gap-2 md:grid-cols-2">
      <Select label={t('automation.what')} value={isOwn ? own : condition.field} options={fields} onChange={choose} />
      {isOwn && <Field label={t('automation.parameter.field')} ltr value={condition.field.slice(own.length)} onChange={(name) => onChange({ ...condition, field: own + name })} error={fault} />}
      <Select label={t('automation.compared')} value={condition.is} options={all.map(({ is }) => ({ id: is, label: t(`automation.is.${is}` as 'automation.is.is') }))} onChange={(is) => onChange(withField(condition.field, is, condition.value, parts))} />
      {wants !== 'nothing' && (
        <ParameterField
          key={`${condition.field} ${wants}`}
          label={t(wants === 'minutes' ? 'automation.parameter.minutes' : 'automation.value')}
          kind={wants === 'several' ? 'words' : wants === 'one' ? (kind === 'own' ? 'word' : kind === 'text' || kind === 'message' || kind === 'tags' ? 'word' : kind) : wants}
          path={`${path}.value`}
          value={condition.value}
          options={wants === 'one' && options.length > 0 ? [{ id: '', label: t('automation.choose') }, ...options.map((id) => ({ id, label: id }))] : undefined}
          onChange={(value) => write(valueFor(wants, kind, value))}
        />
      )}
    </div>
  )
}

function TimeCondition({ condition, parts, path, onChange }: Props<Of<'time'>>) {
  const { t } = useTranslation()
  const clocks = [{ id: '', label: t('automation.clock.workspace') }, { id: parts.customer_clock, label: t('automation.clock.customer') }]
  const known = clocks.some(({ id }) => id === (condition.zone ?? ''))
  return (
    <div className="grid gap-2 md:grid-cols-2">
      <ParameterField label={t('automation.from')} kind="time" path={`${path}.from`} value={condition.from} onChange={(from) => onChange({ ...condition, from: String(from) })} />
      <ParameterField label={t('automation.to')} kind="time" path={`${path}.to`} value={condition.to} onChange={(to) => onChange({ ...condition, to: String(to) })} />
      <DaysField value={condition.days ?? []} days={parts.days} onChange={(days) => onChange({ ...condition, days })} />
      <Select label={t('automation.parameter.zone')} value={condition.zone ?? ''} options={known ? clocks : [...clocks, { id: condition.zone ?? '', label: condition.zone ?? '' }]} onChange={(zone) => onChange({ ...condition, zone })} />
    </div>
  )
}

function CountCondition({ condition, parts, path, onChange }: Props<Of<'count'>>) {
  const { t } = useTranslation()
  const ofWords = parts.counts.find(({ name }) => name === condition.of)?.of_words ?? false
  return (
    <div className="grid gap-2 md:grid-cols-2">
      <Select label={t('automation.what')} value={condition.of} options={parts.counts.map(({ name }) => ({ id: name, label: t(`automation.count.${name}` as 'automation.count.said') }))} onChange={(of) => onChange({ ...condition, of })} />
      {ofWords && <ParameterField label={t('automation.parameter.words')} kind="words" path={`${path}.words`} value={condition.words ?? []} onChange={(words) => onChange({ ...condition, words: words as string[] })} />}
      <ParameterField label={t('automation.within_minutes')} kind="minutes" path={`${path}.minutes`} value={condition.minutes} onChange={(minutes) => onChange({ ...condition, minutes: Number(minutes) })} />
      <Select label={t('automation.compared')} value={condition.is} options={parts.count_comparisons.map((id) => ({ id, label: t(`automation.is.${id}` as 'automation.is.is') }))} onChange={(is) => onChange({ ...condition, is })} />
      <ParameterField label={t('automation.value')} kind="number" path={`${path}.value`} value={condition.value} onChange={(value) => onChange({ ...condition, value: Number(value) })} />
    </div>
  )
}
