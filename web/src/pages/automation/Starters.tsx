import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Check } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { languages, nearest, type Language } from '@/i18n'
import { isolated } from '@/i18n/direction'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { ruleKeys, startersQuery } from './api'
import type { Rule, Starter } from './model'

const options = languages.map(({ code, name }) => ({ id: code, label: name, lang: code }))

/** Rules that are ready to be switched on: one is made switched off, and opened so that somebody looks at its words. */
export function Starters({ rules }: { rules: readonly Rule[] }) {
  const { t, i18n } = useTranslation()
  const [language, setLanguage] = useState<Language>(nearest(i18n.language))
  const query = useQuery(startersQuery(language))
  const names = new Set(rules.map((rule) => rule.definition.name))
  return (
    <Section
      title={t('automation.starters')}
      hint={t('automation.starters_hint')}
      aside={<div className="shrink-0"><Select quiet hideLabel label={t('automation.starters_language')} options={options} value={language} onChange={setLanguage} /></div>}
    >
      <Answered query={query}>
        {(starters) => (
          <ul aria-label={t('automation.starters')}>
            {starters.map((starter) => <Row key={starter.key} starter={starter} taken={names.has(starter.definition.name)} />)}
          </ul>
        )}
      </Answered>
    </Section>
  )
}

function Row({ starter, taken }: { starter: Starter; taken: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { name, description } = starter.definition
  const make = useMutation({
    mutationFn: () => post<Rule>(`/rules/starters/${starter.key}`, { language: starter.language }),
    onSuccess: (rule) => {
      void client.invalidateQueries({ queryKey: ruleKeys.all })
      void navigate({ to: '/rules/$ruleId', params: { ruleId: rule.id } })
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line py-3 last:border-b-0">
      <div className="min-w-0 grow basis-60" lang={starter.language}>
        <UserText className="block font-semibold text-strong">{name}</UserText>
        {description && <UserText className="block text-sm text-muted">{description}</UserText>}
      </div>
      {taken
        ? <span className="inline-flex items-center gap-1 text-sm text-muted"><Check size={14} aria-hidden />{t('automation.starter_taken')}</span>
        : <Button aria-label={t('automation.starter_use_named', { name: isolated(name) })} isDisabled={make.isPending} onPress={() => make.mutate()}>{t('automation.starter_use')}</Button>}
    </li>
  )
}
