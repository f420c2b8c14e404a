import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { remove } from '@/api/client'
import { useMe } from '@/features/frame/useMe'
import { macrosQuery, routingKeys, type Macro } from '@/features/routing/api'
import { macroText } from '@/features/routing/macroText'
import { isolated } from '@/i18n/direction'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Empty } from '@/ui/Empty'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText } from '@/ui/errors'
import { Ghost } from '@/ui/Ghost'
import { IconButton } from '@/ui/IconButton'
import { Loading } from '@/ui/Loading'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { MacroEditor } from './MacroEditor'
import { RoutingTabs } from './RoutingTabs'

/** Named lists of actions, done to a conversation with one key. */
export function MacrosPage() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const leads = me.permissions.includes('team.manage')
  const writes = me.permissions.includes('inbox.write')
  const query = useQuery(macrosQuery)
  const [editing, setEditing] = useState<Macro | 'new' | null>(null)
  const [dropping, setDropping] = useState<Macro | null>(null)
  const drop = useMutation({
    mutationFn: (id: string) => remove(`/macros/${id}`),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => void client.invalidateQueries({ queryKey: routingKeys.macros }),
  })
  const add = writes && <Button look="primary" onPress={() => setEditing('new')}><Plus size={16} aria-hidden />{t('macro.add')}</Button>
  return (
    <PageFrame title={t('macro.title')} lead={t('macro.lead')} actions={query.data?.length ? add : undefined}>
      <RoutingTabs />
      {query.isPending && <Loading rows={3} />}
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <Empty ghost={<Ghost rows={2} />} title={t('macro.none')} text={t('macro.example')}>{add}</Empty>}
      <ul aria-label={t('macro.title')}>
        {query.data?.map((macro) => {
          const may = writes && (leads || !macro.shared)
          return (
            <li key={macro.id} className="flex min-h-12 items-center gap-3 border-b border-line py-2 last:border-b-0">
              <div className="min-w-0 grow">
                <UserText className="block truncate text-strong max-md:line-clamp-2 max-md:whitespace-normal">{macro.name}</UserText>
                <span className="block truncate text-sm text-muted max-md:line-clamp-2 max-md:whitespace-normal">
                  <span className="md:hidden">{`${t(macro.shared ? 'macro.shared' : 'macro.private')} · `}</span>
                  {macroText(macro.actions, t)}
                </span>
              </div>
              <span className="max-md:hidden"><Pill>{t(macro.shared ? 'macro.shared' : 'macro.private')}</Pill></span>
              {may && <IconButton label={t('macro.edit_named', { name: macro.name })} icon={Pencil} onPress={() => setEditing(macro)} />}
              {may && <IconButton label={t('macro.remove_named', { name: macro.name })} icon={Trash2} onPress={() => setDropping(macro)} />}
            </li>
          )
        })}
      </ul>
      {editing && <MacroEditor key={editing === 'new' ? 'new' : editing.id} macro={editing === 'new' ? null : editing} mayShare={leads} onClose={() => setEditing(null)} />}
      <Confirm title={t('macro.remove')} text={t('macro.remove_text', { name: isolated(dropping?.name ?? '') })} verb={t('macro.remove')} isOpen={dropping !== null} onClose={() => setDropping(null)} onConfirm={() => dropping && drop.mutate(dropping.id)} />
    </PageFrame>
  )
}
