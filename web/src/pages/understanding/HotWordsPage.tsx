import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Download, MoreHorizontal, Pencil, Plus, Trash2, Upload } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { get, remove } from '@/api/client'
import { useMe } from '@/features/frame/useMe'
import { hotWordsQuery, understandingKeys, type HotWord } from '@/features/understanding/api'
import { UnderstandingTabs } from '@/features/understanding/UnderstandingTabs'
import { isolated } from '@/i18n/direction'
import { useFormats } from '@/i18n/format'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Empty } from '@/ui/Empty'
import { errorText } from '@/ui/errors'
import { Ghost } from '@/ui/Ghost'
import { IconButton } from '@/ui/IconButton'
import { Menu } from '@/ui/Menu'
import { PageFrame } from '@/ui/PageFrame'
import { save } from '@/ui/save'
import { SearchBox } from '@/ui/SearchBox'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { EditHotWord } from './EditHotWord'
import { ImportHotWords } from './ImportHotWords'
import { StarterLists } from './StarterLists'
import { TryText } from './TryText'

const every = '/every'

/** The words that a workspace counts in what customers write. */
export function HotWordsPage() {
  const { t } = useTranslation()
  const formats = useFormats()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { q = '' } = useSearch({ strict: false })
  const may = useMe().permissions.includes('rule.manage')
  const query = useQuery(hotWordsQuery())
  const [language, setLanguage] = useState(every)
  const [editing, setEditing] = useState<HotWord | 'new' | null>(null)
  const [importing, setImporting] = useState(false)
  const [starting, setStarting] = useState(false)
  const [dropping, setDropping] = useState<HotWord | null>(null)
  const drop = useMutation({
    mutationFn: (id: string) => remove(`/hot-words/${id}`),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => client.invalidateQueries({ queryKey: understandingKeys.all }),
  })
  const exported = useMutation({
    mutationFn: (format: 'csv' | 'json') => get<{ filename: string; data: string }>('/hot-words/export', { format }),
    onSuccess: ({ filename, data }) => save(filename, data),
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const all = query.data ?? []
  const languages = [...new Set(all.map((word) => word.language))]
  const letters = q.toLowerCase()
  // What is said stands first.
  const shown = all.toSorted((a, b) => b.times - a.times).filter((word) => (language === every || word.language === language) && (word.topic.includes(letters) || word.text.toLowerCase().includes(letters)))
  const starters = may && <Button onPress={() => setStarting(true)}>{t('understanding.starter')}</Button>
  const add = may && <Button look="primary" onPress={() => setEditing('new')}><Plus size={16} aria-hidden />{t('understanding.add_word')}</Button>
  const menu = (
    <Menu
      label={t('quick.more')}
      items={[
        ...(may ? [{ id: 'import', icon: Upload, label: t('understanding.import'), onAction: () => setImporting(true) }] : []),
        { id: 'csv', icon: Download, label: t('understanding.export_csv'), onAction: () => exported.mutate('csv') },
        { id: 'json', icon: Download, label: t('understanding.export_json'), onAction: () => exported.mutate('json') },
      ]}
    >
      <IconButton label={t('quick.more')} icon={MoreHorizontal} />
    </Menu>
  )
  return (
    <PageFrame title={t('understanding.hot_words')} lead={t('understanding.words_lead')} actions={<>{all.length > 0 && starters}{all.length > 0 && add}{menu}</>}>
      <UnderstandingTabs />
      {all.length > 0 && <Section title={t('understanding.try')} hint={t('understanding.try_hint')}><TryText /></Section>}
      <Answered query={query}>
        {() => all.length === 0
          ? <Empty ghost={<Ghost rows={2} />} title={t('understanding.words_empty')} text={t('understanding.words_empty_text')}><span className="flex flex-wrap justify-center gap-2">{starters}{add}</span></Empty>
          : (
            <>
              <div className="mb-3 flex flex-wrap items-end gap-3">
                <SearchBox label={t('understanding.find')} value={q} onChange={(text) => void navigate({ to: '/rules/hot-words', search: { q: text || undefined }, replace: true })} className="min-w-44 grow" />
                {languages.length > 1 && (
                  <div className="w-44"><Select label={t('understanding.language')} hideLabel value={language} onChange={setLanguage} options={[{ id: every, label: t('understanding.every_language') }, ...languages.map((id) => ({ id, label: id ? formats.language(id) : t('understanding.no_language') }))]} /></div>
                )}
              </div>
              <p role="status" className="mb-2 text-sm text-muted tabular-nums">{t('understanding.words_shown', { number: formats.number(shown.length) })}</p>
              <ul aria-label={t('understanding.hot_words')}>
                {shown.slice(0, most).map((word) => (
                  <li key={word.id} className="flex min-h-12 items-center gap-2 border-b border-line py-1.5 last:border-b-0">
                    <div className="min-w-0 grow">
                      <p className="flex flex-wrap items-baseline gap-x-2"><UserText className="font-semibold text-strong wrap-anywhere">{word.text}</UserText><bdi className="font-mono text-xs text-muted">{word.topic}</bdi></p>
                      <p className="text-sm text-muted">{word.language ? formats.language(word.language) : t('understanding.no_language')} · {word.times === 0 ? t('understanding.never') : t('understanding.said', { times: formats.number(word.times), customers: formats.number(word.customers) })}</p>
                    </div>
                    {may && <IconButton label={t('understanding.edit_named', { name: isolated(word.text) })} icon={Pencil} onPress={() => setEditing(word)} />}
                    {may && <IconButton label={t('understanding.delete_named', { name: isolated(word.text) })} icon={Trash2} onPress={() => setDropping(word)} />}
                  </li>
                ))}
              </ul>
              {shown.length > most && <p className="mt-2 text-sm text-muted">{t('understanding.more_words')}</p>}
            </>
          )}
      </Answered>
      {editing && <EditHotWord key={editing === 'new' ? 'new' : editing.id} word={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {importing && <ImportHotWords onClose={() => setImporting(false)} />}
      {starting && <StarterLists onClose={() => setStarting(false)} />}
      {dropping && <Confirm title={t('understanding.delete_named', { name: isolated(dropping.text) })} text={t('understanding.delete_text')} verb={t('understanding.delete_named', { name: isolated(dropping.text) })} isOpen onClose={() => setDropping(null)} onConfirm={() => drop.mutate(dropping.id)} />}
    </PageFrame>
  )
}

/** Words that are drawn; whoever looks for another one finds it by its letters. */
const most = 300
