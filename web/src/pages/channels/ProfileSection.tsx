import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch } from '@/api/client'
import { keys } from '@/api/keys'
import { profileQuery } from '@/api/queries'
import type { BusinessProfile } from '@/api/types'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Loading } from '@/ui/Loading'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'

/** Meta's limits, in characters; the server checks them again. */
const texts = [
  { name: 'about', max: 139, rows: 0 },
  { name: 'description', max: 512, rows: 3 },
  { name: 'address', max: 256, rows: 0 },
  { name: 'email', max: 128, rows: 0 },
] as const

const verticals = [
  'UNDEFINED', 'OTHER', 'AUTO', 'BEAUTY', 'APPAREL', 'EDU', 'ENTERTAIN', 'EVENT_PLAN', 'FINANCE', 'GROCERY', 'GOVT', 'HOTEL', 'HEALTH', 'NONPROFIT',
  'PROF_SERVICES', 'RETAIL', 'TRAVEL', 'RESTAURANT', 'NOT_A_BIZ',
] as const

/** What customers see when they tap on the number. */
export function ProfileSection({ channelId }: { channelId: string }) {
  const { t } = useTranslation()
  const query = useQuery(profileQuery(channelId))
  return (
    <Section title={t('profile.title')} hint={t('profile.hint')}>
      {query.isPending && <Loading rows={2} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <ProfileForm channelId={channelId} profile={query.data} />}
    </Section>
  )
}

function ProfileForm({ channelId, profile }: { channelId: string; profile: BusinessProfile }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [changed, setChanged] = useState<Partial<BusinessProfile>>({})
  const values = { ...profile, ...changed }
  const vertical = verticals.find((word) => word === values.vertical) ?? 'UNDEFINED'
  const save = useMutation({
    mutationFn: () => patch<BusinessProfile>(`/channels/${channelId}/profile`, changed),
    onSuccess: (saved) => {
      client.setQueryData(keys.profile(channelId), saved)
      setChanged({})
      toast(t('profile.saved'))
    },
  })
  const website = (index: number, value: string) => {
    const websites = [values.websites[0] ?? '', values.websites[1] ?? '']
    websites[index] = value
    setChanged((old) => ({ ...old, websites: websites.filter((site, at) => site !== '' || at < index) }))
  }
  return (
    <form
      className="flex max-w-xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      {texts.map(({ name, max, rows }) => (
        <Field
          key={name}
          label={t(`profile.${name}`)}
          hint={t('profile.left', { used: values[name].length, max })}
          rows={rows || undefined}
          maxLength={max}
          ltr={name === 'email'}
          type={name === 'email' ? 'email' : 'text'}
          value={values[name]}
          onChange={(value) => setChanged((old) => ({ ...old, [name]: value }))}
          error={fieldError(save.error, name)}
        />
      ))}
      {[0, 1].map((index) => (
        <Field
          key={index}
          label={t('profile.website', { n: index + 1 })}
          ltr
          maxLength={256}
          placeholder="https://"
          value={values.websites[index] ?? ''}
          onChange={(value) => website(index, value)}
          error={index === 0 ? fieldError(save.error, 'websites') : null}
        />
      ))}
      <Select
        label={t('profile.vertical')}
        options={verticals.map((id) => ({ id, label: t(`profile.vertical_of.${id}`) }))}
        value={vertical}
        onChange={(next) => setChanged((old) => ({ ...old, vertical: next }))}
      />
      {save.isError && !isAtField(save.error, [...texts.map(({ name }) => name), 'websites']) && <ErrorNote error={save.error} />}
      <div><Button type="submit" isDisabled={save.isPending || Object.keys(changed).length === 0}>{t('profile.save')}</Button></div>
    </form>
  )
}
