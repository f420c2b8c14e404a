import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/i18n/useTranslation'
import { usersQuery } from '@/api/queries'
import { figuresQuery, type SurveyFigures as Figures } from '@/features/routing/api'
import { Answered } from '@/ui/Answered'
import { Section } from '@/ui/Section'
import { UserText } from '@/ui/UserText'

/** How satisfied customers were, together and by agent. */
export function SurveyFigures() {
  const { t } = useTranslation()
  const query = useQuery(figuresQuery)
  return (
    <Section title={t('survey.figures')} hint={t('survey.figures_hint')}>
      <Answered query={query}>{(data) => (data.total.asked === 0 ? <p className="text-muted">{t('survey.none_asked')}</p> : <Scores data={data} />)}</Answered>
    </Section>
  )
}

function Scores({ data }: { data: Figures }) {
  const { t, i18n } = useTranslation()
  const { data: users = [] } = useQuery(usersQuery)
  const number = (value: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 2 }).format(value)
  const most = Math.max(...data.total.distribution, 1)
  return (
    <>
      <p className="mb-3 text-strong">{summary(data.total, t('survey.asked_and_answered', { asked: number(data.total.asked), answered: number(data.total.answered) }), (average) => t('survey.average', { score: number(average) }))}</p>
      <table className="mb-4 w-full max-w-md text-sm">
        <caption className="sr-only">{t('survey.distribution')}</caption>
        <thead className="sr-only"><tr><th scope="col">{t('survey.score')}</th><th scope="col">{t('survey.how_often')}</th></tr></thead>
        <tbody>
          {[5, 4, 3, 2, 1].map((score) => {
            const count = data.total.distribution[score - 1] ?? 0
            return (
              <tr key={score}>
                <th scope="row" className="w-8 py-0.5 text-start font-normal tabular-nums">{number(score)}</th>
                <td className="flex items-center gap-2 py-0.5">
                  <span aria-hidden className="h-3 rounded-sm bg-accent" style={{ inlineSize: `${(count / most) * 80}%`, minInlineSize: count > 0 ? 2 : 0 }} />
                  <span className="text-muted tabular-nums">{number(count)}</span>
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <ul aria-label={t('survey.by_agent')} className="max-w-md">
        {data.agents.map((agent) => (
          <li key={agent.agent_id ?? 'none'} className="flex items-baseline justify-between gap-3 border-b border-line py-1.5 text-sm last:border-b-0">
            <UserText className="truncate text-strong">{users.find((user) => user.id === agent.agent_id)?.name ?? t('survey.nobody')}</UserText>
            <span className="text-muted">{summary(agent, t('survey.asked_and_answered', { asked: number(agent.asked), answered: number(agent.answered) }), (average) => t('survey.average', { score: number(average) }))}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function summary(scores: Figures['total'], counts: string, average: (value: number) => string): string {
  return scores.average === null ? counts : `${average(scores.average)} · ${counts}`
}
