import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { channelsQuery, teamsQuery, usersQuery } from '@/api/queries'
import { useMe } from '@/features/frame/useMe'
import { webhooksQuery } from '@/pages/webhooks/api'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { When } from '@/ui/When'
import { ruleKeys, ruleQuery, versionsQuery } from './api'
import { changes, describe, sections } from './describe'
import type { Rule, Version } from './model'

/** What the rule said before, newest first: each version with what it changed, and a way back to it. */
export function Versions({ rule, may, onRestored }: { rule: Rule; may: boolean; onRestored: () => void }) {
  const { t } = useTranslation()
  const query = useQuery(versionsQuery(rule.id))
  return (
    <Answered query={query}>
      {(versions) => (
        <ol aria-label={t('automation.versions')} className="flex flex-col">
          {versions.map((version, at) => <Row key={version.version} version={version} before={versions[at + 1]} rule={rule} may={may && at > 0} onRestored={onRestored} />)}
        </ol>
      )}
    </Answered>
  )
}

function Row({ version, before, rule, may, onRestored }: { version: Version; before: Version | undefined; rule: Rule; may: boolean; onRestored: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const restore = useMutation({
    mutationFn: () => patch<Rule>(`/rules/${rule.id}`, { definition: version.definition, version: rule.version }),
    onSuccess: (saved) => {
      toast(t('automation.restored', { version: version.version }))
      client.setQueryData(ruleQuery(rule.id).queryKey, saved)
      void client.invalidateQueries({ queryKey: ruleKeys.all })
      onRestored()
    },
  })
  return (
    <li className="border-b border-line py-2 last:border-b-0">
      <details open={version.version === rule.version}>
        <summary className="hit flex cursor-default flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-semibold text-strong">{t('automation.version', { version: version.version })}</span>
          <UserText className="min-w-0 truncate text-muted">{version.actor_name}</UserText>
          <span className="grow" />
          <When at={version.at} className="text-sm text-muted" />
        </summary>
        <div className="flex flex-col items-start gap-2 pb-2 text-sm">
          {before ? <Changes before={before} after={version} /> : <p className="text-muted">{t('automation.first_version')}</p>}
          {restore.isError && <ErrorNote error={restore.error} />}
          {may && <Button small onPress={() => restore.mutate()} isDisabled={restore.isPending}>{t('automation.restore')}</Button>}
        </div>
      </details>
    </li>
  )
}

/** Field by field what is gone and what is new. */
function Changes({ before, after }: { before: Version; after: Version }) {
  const { t } = useTranslation()
  const { data: users } = useQuery(usersQuery)
  const { data: teams } = useQuery(teamsQuery)
  const { data: channels } = useQuery(channelsQuery)
  const { data: webhooks } = useQuery({ ...webhooksQuery, enabled: useMe().permissions.includes('connection.manage') })
  const found = useMemo(() => {
    const names = new Map([...(users ?? []), ...(teams ?? []), ...(channels ?? []), ...(webhooks ?? [])].map(({ id, name }) => [String(id), name]))
    const [old, next] = [before, after].map((version) => describe(version.definition, { t, names }))
    return sections.map((name) => ({ name, changes: changes(old?.[name] ?? [], next?.[name] ?? []) })).filter((section) => section.changes.length > 0)
  }, [before, after, users, teams, channels, webhooks, t])
  return (
    <div className="flex flex-col gap-2">
      {found.map((section) => (
        <div key={section.name}>
          <h3 className="text-sm">{t(`automation.${section.name}`)}</h3>
          <ul className="flex flex-col gap-0.5">
            {section.changes.map((change, at) => (
              <li key={at} className={change.kind === 'gone' ? 'text-danger-ink' : 'text-positive-ink'}>
                <span className="sr-only">{t(change.kind === 'gone' ? 'automation.gone' : 'automation.new')}: </span>
                <span aria-hidden className="font-mono">{change.kind === 'gone' ? '− ' : '+ '}</span>
                <UserText className={change.kind === 'gone' ? 'line-through decoration-1' : ''}>{change.text}</UserText>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {found.length === 0 && <p className="text-muted">{t('automation.no_change')}</p>}
    </div>
  )
}
