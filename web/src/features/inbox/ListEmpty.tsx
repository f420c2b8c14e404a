import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { channelsQuery } from '@/api/queries'
import { useMe } from '@/features/frame/useMe'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { Ghost } from '@/ui/Ghost'
import { FirstSteps } from './FirstSteps'
import { useShown } from './useInbox'

/** A phone shows one region at a time: there the first steps stand in the list's place. */
const isPhone = () => matchMedia('(max-width: 767.98px)').matches

/** Nothing to list: because nothing is connected yet, nothing matches, or everything is done. */
export function ListEmpty() {
  const { filter } = useShown()
  return isPhone() && !filter.q ? <FirstSteps><Nothing /></FirstSteps> : <Nothing />
}

function Nothing() {
  const { t } = useTranslation()
  const { filter, change } = useShown()
  const { data: channels } = useQuery(channelsQuery)
  const navigate = useNavigate()
  const manages = useMe().permissions.includes('channel.manage')
  if (filter.q) {
    return (
      <Empty title={t('inbox.empty.search_title')} text={t('inbox.empty.search_text')}>
        <SearchAll q={filter.q} />
      </Empty>
    )
  }
  if (channels?.length === 0) {
    return (
      <Empty ghost={<Ghost />} title={t('inbox.empty.channel_title')} text={t('inbox.empty.channel_text')}>
        {manages && <Button onPress={() => void navigate({ to: '/channels' })}>{t('inbox.empty.channel_button')}</Button>}
        <Button look="quiet" onPress={() => void navigate({ to: '/practice' })}>{t('action.go_practice')}</Button>
      </Empty>
    )
  }
  return (
    <Empty title={t('inbox.empty.done_title')} text={t('inbox.empty.done_text')}>
      {(filter.view !== 'all' || filter.status !== 'open') && <Button onPress={() => change({ view: undefined, status: undefined })}>{t('inbox.empty.done_button')}</Button>}
    </Empty>
  )
}

/** The list holds what was said last and who it was said by; everything that was ever said is searched on its own page. */
export function SearchAll({ q }: { q: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  return <Button className="mx-auto my-3 flex" onPress={() => void navigate({ to: '/search', search: { q } })}>{t('inbox.empty.search_button')}</Button>
}
