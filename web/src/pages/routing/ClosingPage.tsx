import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowDown, ArrowUp, Archive } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post } from '@/api/client'
import { useMe } from '@/features/frame/useMe'
import { categoriesQuery, closingQuery, routingKeys, type Category, type ClosingSettings } from '@/features/routing/api'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText, fieldError } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Section } from '@/ui/Section'
import { Switch } from '@/ui/Switch'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { RoutingTabs } from './RoutingTabs'
import { SurveyFigures } from './SurveyFigures'
import { SurveySection } from './SurveySection'

/** How a conversation ends: what it was about, and whether the customer is asked. */
export function ClosingPage() {
  const { t } = useTranslation()
  const me = useMe()
  const leads = me.permissions.includes('team.manage')
  return (
    <PageFrame title={t('closing.title')} lead={t('closing.lead')}>
      <RoutingTabs />
      <div>
        <Categories may={leads} />
        <Required may={leads} />
        <SurveySection may={me.permissions.includes('workspace.manage')} />
        {leads && <SurveyFigures />}
      </div>
    </PageFrame>
  )
}

function Categories({ may }: { may: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(categoriesQuery)
  const categories = query.data ?? []
  const [name, setName] = useState('')
  const fresh = () => void client.invalidateQueries({ queryKey: routingKeys.categories })
  const add = useMutation({
    mutationFn: () => post<Category>('/closing-categories', { name: name.trim() }),
    onSuccess: () => setName(''),
    onSettled: fresh,
  })
  const change = useMutation({
    mutationFn: (changes: { id: string; position?: number; archived?: boolean }[]) => Promise.all(changes.map(({ id, ...part }) => patch(`/closing-categories/${id}`, part))),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: fresh,
  })
  /** Every place is written anew, so that two categories never share one. */
  const move = (at: number, to: number) => {
    const order = [...categories]
    const [moved] = order.splice(at, 1)
    if (!moved) return
    order.splice(to, 0, moved)
    change.mutate(order.map(({ id }, position) => ({ id, position })).filter(({ id, position }) => categories.find((old) => old.id === id)?.position !== position))
  }
  return (
    <Section title={t('closing.categories')} hint={t('closing.categories_hint')}>
      {query.isPending && <Loading rows={3} />}
      {query.isError && !query.data && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="mb-2 text-muted">{t('closing.no_categories')}</p>}
      <ul aria-label={t('closing.categories')}>
        {categories.map((category, at) => (
          <li key={category.id} className="flex min-h-11 items-center gap-1 border-b border-line last:border-b-0">
            <UserText className="grow truncate text-strong">{category.name}</UserText>
            {may && (
              <>
                <IconButton label={t('closing.up', { name: category.name })} icon={ArrowUp} isDisabled={at === 0} onPress={() => move(at, at - 1)} />
                <IconButton label={t('closing.down', { name: category.name })} icon={ArrowDown} isDisabled={at === categories.length - 1} onPress={() => move(at, at + 1)} />
                <IconButton label={t('closing.archive', { name: category.name })} icon={Archive} onPress={() => change.mutate([{ id: category.id, archived: true }])} />
              </>
            )}
          </li>
        ))}
      </ul>
      {may && (
        <form
          className="mt-3 flex max-w-md items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim()) add.mutate()
          }}
        >
          <div className="grow"><Field label={t('closing.new_category')} value={name} onChange={setName} maxLength={100} error={add.isError ? (fieldError(add.error, 'name') ?? errorText(add.error, t)) : null} /></div>
          <Button type="submit" isDisabled={!name.trim() || add.isPending}>{t('closing.add')}</Button>
        </form>
      )}
    </Section>
  )
}

function Required({ may }: { may: boolean }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(closingQuery)
  const save = useMutation({
    mutationFn: (change: Partial<ClosingSettings>) => patch<ClosingSettings>('/closing-settings', change),
    onSuccess: (settings) => client.setQueryData(routingKeys.closing, settings),
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  return (
    <Section title={t('closing.required')} hint={t('closing.required_hint')}>
      <Answered query={query}>
        {(data) => {
          const shown = { ...data, ...(save.isPending ? save.variables : {}) }
          if (!may) return <p>{[shown.category_required && t('closing.category_required'), shown.note_required && t('closing.note_required')].filter(Boolean).join(t('common.list_separator')) || t('closing.nothing_required')}</p>
          return (
            <div className="flex flex-col gap-1">
              <Switch label={t('closing.category_required')} isSelected={shown.category_required} onChange={(category_required) => save.mutate({ category_required })} />
              <Switch label={t('closing.note_required')} isSelected={shown.note_required} onChange={(note_required) => save.mutate({ note_required })} />
            </div>
          )
        }}
      </Answered>
    </Section>
  )
}
