import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Eye, Plus, TriangleAlert } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { useMe } from '@/features/frame/useMe'
import { UnderstandingTabs } from '@/features/understanding/UnderstandingTabs'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { errorText } from '@/ui/errors'
import { Ghost } from '@/ui/Ghost'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { Section } from '@/ui/Section'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { useFormats } from '@/i18n/format'
import { ruleKeys, rulesQuery, wishesQuery } from './api'
import { partName } from './describe'
import type { Rule } from './model'
import { RunList } from './RunList'
import { Starters } from './Starters'

/** What happens by itself: the rules with their switches, and what they did. */
export function AutomationPage() {
  const { t } = useTranslation()
  const may = useMe().permissions.includes('rule.manage')
  const query = useQuery(rulesQuery)
  const navigate = useNavigate()
  const add = may && <Button look="primary" onPress={() => void navigate({ to: '/rules/$ruleId', params: { ruleId: 'new' } })}><Plus size={16} aria-hidden />{t('automation.add')}</Button>
  return (
    <PageFrame title={t('automation.title')} lead={t('automation.lead')} actions={query.data?.length ? add : undefined}>
      <UnderstandingTabs />
      <Answered query={query}>
        {(rules) => (
          <>
            {rules.length === 0
              ? <Empty ghost={<Ghost rows={2} />} title={t('automation.empty')} text={t('automation.empty_text')}>{add}</Empty>
              : (
                <>
                  <ul aria-label={t('automation.title')}>
                    {rules.map((rule) => <Row key={rule.id} rule={rule} may={may} />)}
                  </ul>
                  <Section title={t('automation.runs')}><RunList /></Section>
                </>
              )}
            {may && <Starters rules={rules} />}
          </>
        )}
      </Answered>
    </PageFrame>
  )
}

function Row({ rule, may }: { rule: Rule; may: boolean }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const turn = useMutation({
    mutationFn: (enabled: boolean) => patch<Rule>(`/rules/${rule.id}`, { enabled }),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => client.invalidateQueries({ queryKey: ruleKeys.all }),
  })
  const when = rule.definition.when.map((trigger) => partName('on', trigger, t))
  const steps = rule.definition.do.map((step) => partName('do', step, t))
  const { data: wishes } = useQuery(wishesQuery)
  const wish = wishes?.find((one) => one.rule_id === rule.id && one.too_many_wishes)
  return (
    <li className="flex min-h-14 items-center gap-3 border-b border-line py-2 last:border-b-0">
      <Link to="/rules/$ruleId" params={{ ruleId: rule.id }} className="min-w-0 grow rounded-sm">
        <UserText className="block truncate font-semibold text-strong">{rule.definition.name}</UserText>
        <span className="block truncate text-sm text-muted">{[...when, ...steps].join(t('common.list_separator'))}</span>
      </Link>
      {wish && <Pill tone="caution" icon={TriangleAlert}>{t('automation.wishes', { percent: formats.percent(wish.human_percent / 100) })}</Pill>}
      {rule.enabled && rule.shadow && <Pill tone="accent" icon={Eye}>{t('automation.watching')}</Pill>}
      {may
        ? <Switch hideLabel label={t('automation.switch', { name: rule.definition.name })} isSelected={turn.isPending ? turn.variables : rule.enabled} onChange={(enabled) => turn.mutate(enabled)} />
        : <span className="text-sm text-muted">{t(rule.enabled ? 'automation.on' : 'automation.off')}</span>}
    </li>
  )
}
