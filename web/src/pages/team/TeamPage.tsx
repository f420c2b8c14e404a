import { useTranslation } from '@/i18n/useTranslation'
import { PageFrame } from '@/ui/PageFrame'
import { ReopenSection } from './ReopenSection'
import { TeamSection } from './TeamSection'
import { TokenSection } from './TokenSection'
import { UserSection } from './UserSection'

/** Who works here, in which teams, and which programs may act for them. */
export function TeamPage() {
  const { t } = useTranslation()
  return (
    <PageFrame title={t('place.team')} lead={t('team.lead')}>
      <UserSection />
      <TeamSection />
      <ReopenSection />
      <TokenSection />
    </PageFrame>
  )
}
