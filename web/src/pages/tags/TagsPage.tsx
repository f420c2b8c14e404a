import { useQuery } from '@tanstack/react-query'
import { Combine, Pencil, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Tag } from '@/api/types'
import { tagsQuery } from '@/features/tag/api'
import { useMe } from '@/features/frame/useMe'
import { Answered } from '@/ui/Answered'
import { Button } from '@/ui/Button'
import { Empty } from '@/ui/Empty'
import { Ghost } from '@/ui/Ghost'
import { IconButton } from '@/ui/IconButton'
import { PageFrame } from '@/ui/PageFrame'
import { Pill } from '@/ui/Pill'
import { TagChip } from '@/ui/TagChip'
import { UserText } from '@/ui/UserText'
import { DeleteTag } from './DeleteTag'
import { EditTag } from './EditTag'
import { MergeTag } from './MergeTag'

/** The workspace's words for contacts. */
export function TagsPage() {
  const { t } = useTranslation()
  const may = useMe().permissions.includes('team.manage')
  const query = useQuery(tagsQuery)
  const [editing, setEditing] = useState<Tag | 'new' | null>(null)
  const [merging, setMerging] = useState<Tag | null>(null)
  const [dropping, setDropping] = useState<Tag | null>(null)
  const add = may && <Button look="primary" onPress={() => setEditing('new')}><Plus size={16} aria-hidden />{t('tag.add')}</Button>
  return (
    <PageFrame title={t('tag.title')} lead={t('tag.lead')} actions={query.data?.length ? add : undefined}>
      <Answered query={query}>
        {(tags) => tags.length === 0
          ? <Empty ghost={<Ghost rows={2} />} title={t('tag.empty')} text={t('tag.empty_text')}>{add}</Empty>
          : (
            <ul aria-label={t('tag.title')}>
              {tags.map((tag) => (
                <li key={tag.id} className="flex min-h-12 items-center gap-2 border-b border-line py-1.5 last:border-b-0">
                  <div className="flex min-w-0 grow flex-col items-start gap-1">
                    <TagChip name={tag.name} color={tag.color} className="max-w-full" />
                    {tag.description && <UserText className="line-clamp-2 text-sm text-muted">{tag.description}</UserText>}
                  </div>
                  {tag.archived && <Pill>{t('tag.archived')}</Pill>}
                  {may && <IconButton label={t('tag.edit_named', { name: tag.name })} icon={Pencil} onPress={() => setEditing(tag)} />}
                  {may && <IconButton label={t('tag.merge_named', { name: tag.name })} icon={Combine} isDisabled={tags.length < 2} onPress={() => setMerging(tag)} />}
                  {may && <IconButton label={t('tag.delete_named', { name: tag.name })} icon={Trash2} onPress={() => setDropping(tag)} />}
                </li>
              ))}
            </ul>
          )}
      </Answered>
      {editing && <EditTag key={editing === 'new' ? 'new' : editing.id} tag={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {merging && <MergeTag tag={merging} onClose={() => setMerging(null)} />}
      {dropping && <DeleteTag tag={dropping} onClose={() => setDropping(null)} />}
    </PageFrame>
  )
}
