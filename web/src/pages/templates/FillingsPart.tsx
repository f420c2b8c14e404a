import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { put } from '@/api/client'
import { keys } from '@/api/keys'
import type { Template } from '@/api/types'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'

const sources = ['first_name', 'name', 'phone', 'email', 'country'] as const
type Source = (typeof sources)[number]
const own = 'field:'
type Filling = { source: string | null; fallback: string | null }

/** What fills the blanks of a template when nobody types it: the customer's data, else words that always fit. */
export function FillingsPart({ template, mayChange }: { template: Template; mayChange: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const blanks = template.variables.filter(({ kind }) => kind === 'text' || kind === 'url' || kind === 'code')
  const [chosen, setChosen] = useState<Record<string, Filling>>(() => Object.fromEntries(blanks.map(({ key, source, fallback }) => [key, { source, fallback }])))
  const save = useMutation({
    mutationFn: () => put<Template>(`/templates/${template.id}/fillings`, { fillings: Object.fromEntries(Object.entries(chosen).map(([key, { source, fallback }]) => [key, { source, fallback: fallback?.trim() ? fallback : null }])) }),
    onSuccess: (saved) => {
      client.setQueryData(keys.template(template.id), saved)
      void client.invalidateQueries({ queryKey: keys.allTemplates })
      toast(t('fillings.saved'))
    },
  })
  if (blanks.length === 0) return null
  const change = (key: string, part: Partial<Filling>) => setChosen((old) => ({ ...old, [key]: { source: null, fallback: null, ...old[key], ...part } }))
  return (
    <div className="mt-6">
      <Section title={t('fillings.title')} hint={t('fillings.hint')} aside={mayChange && <Button small isDisabled={save.isPending} onPress={() => save.mutate()}>{t('common.save')}</Button>}>
        <ul className="flex flex-col gap-4">
          {blanks.map(({ key, label, component }) => {
            const { source, fallback } = chosen[key] ?? { source: null, fallback: null }
            const isOwn = source?.startsWith(own) ?? false
            const known = sources.find((one) => one === source)
            return (
              <li key={key} className="grid items-start gap-3 md:grid-cols-[9rem_minmax(0,1fr)_minmax(0,1fr)]">
                <p className="pt-1 text-sm md:pt-7"><bdi className="font-semibold text-strong">{label}</bdi> <span className="text-muted">{t(`fillings.place.${component === 'header' ? 'header' : component === 'button' ? 'button' : 'body'}`)}</span></p>
                <div className="flex flex-col gap-2">
                  <Select<Source | 'NONE' | 'OWN'>
                    label={t('fillings.source')}
                    value={isOwn ? 'OWN' : (known ?? 'NONE')}
                    isDisabled={!mayChange}
                    options={[{ id: 'NONE', label: t('fillings.none') }, ...sources.map((id) => ({ id, label: t(`fillings.of.${id}`) })), { id: 'OWN', label: t('fillings.own') }]}
                    onChange={(next) => change(key, { source: next === 'NONE' ? null : next === 'OWN' ? own : next })}
                  />
                  {isOwn && <Field ltr label={t('fillings.own_name')} isDisabled={!mayChange} value={source?.slice(own.length) ?? ''} error={fieldError(save.error, `fillings.${key}`)} onChange={(name) => change(key, { source: `${own}${name}` })} />}
                </div>
                <Field label={t('fillings.fallback')} isDisabled={!mayChange} value={fallback ?? ''} error={isOwn ? null : fieldError(save.error, `fillings.${key}`)} onChange={(words) => change(key, { fallback: words })} />
              </li>
            )
          })}
        </ul>
        {save.isError && <div className="mt-3"><ErrorNote error={save.error} /></div>}
      </Section>
    </div>
  )
}
