import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, patch, post } from '@/api/client'
import { keys } from '@/api/keys'
import { teamsQuery } from '@/api/queries'
import type { QuickReply, QuickReplyAudience, QuickReplyFile } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { languages } from '@/i18n'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText, fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Select } from '@/ui/Select'
import { FilesPart } from './FilesPart'

const audiences: QuickReplyAudience[] = ['private', 'team', 'shared']
const offered = ['{first_name}', '{agent_first_name}', '{channel}']

/** A reply: its short code, who may use it, and its text in every language it is wanted in. */
export function EditReply({ reply, onClose }: { reply: QuickReply | null; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const me = useMe()
  const { data: teams = [] } = useQuery(teamsQuery)
  const leads = me.permissions.includes('team.manage')
  const mine = teams.filter((team) => leads || team.member_ids.includes(me.user.id))
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '')
  const [title, setTitle] = useState(reply?.title ?? '')
  const [audience, setAudience] = useState<QuickReplyAudience>(reply?.audience ?? (leads ? 'shared' : 'private'))
  const [team, setTeam] = useState(reply?.team_id ?? mine[0]?.id ?? '')
  const [bodies, setBodies] = useState<Record<string, string>>(reply?.bodies ?? { [i18n.language]: '' })
  const [files, setFiles] = useState<readonly QuickReplyFile[]>(reply?.files ?? [])
  const [uploading, setUploading] = useState(false)
  const others = languages.filter(({ code }) => !(code in bodies))
  const save = useMutation({
    mutationFn: () => {
      const body = { shortcut, title: title.trim() || shortcut, bodies, files: files.map((file) => file.media_id), audience, team_id: audience === 'team' ? team : null }
      return reply ? patch<QuickReply>(`/quick-replies/${reply.id}`, body) : post<QuickReply>('/quick-replies', body)
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.quickReplies })
      onClose()
    },
  })
  const write = (tag: string, text: string) => setBodies((old) => ({ ...old, [tag]: text }))
  const allowed = audiences.filter((one) => one === 'private' || leads || (one === 'team' && mine.length > 0) || one === reply?.audience)
  const ready = shortcut.trim() !== '' && Object.values(bodies).some((text) => text.trim() !== '') && (audience !== 'team' || team !== '')
  const taken = save.error instanceof ApiError && save.error.code === 'shortcut_taken' ? errorText(save.error, t) : null
  const atField = taken !== null || isAtField(save.error, ['shortcut', 'title', ...Object.keys(bodies).map((tag) => `bodies.${tag}`)])
  return (
    <Dialog title={reply ? t('quick.edit') : t('quick.add')} isOpen onClose={onClose} wide>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !uploading) save.mutate()
        }}
      >
        <div className="grid gap-4 md:grid-cols-2">
          <Field label={t('quick.shortcut')} hint={t('quick.shortcut_hint')} isRequired autoFocus={!reply} value={shortcut} onChange={setShortcut} error={taken ?? fieldError(save.error, 'shortcut')} />
          <Field label={t('quick.title')} value={title} onChange={setTitle} error={fieldError(save.error, 'title')} />
          <Select label={t('quick.audience')} options={allowed.map((id) => ({ id, label: t(`quick.${id}`) }))} value={audience} onChange={setAudience} />
          {audience === 'team' && <Select label={t('quick.team_name')} options={mine.map(({ id, name }) => ({ id, label: name }))} value={team} onChange={setTeam} />}
        </div>
        <p className="text-xs text-muted">{t('quick.blanks_hint')}</p>
        {Object.entries(bodies).map(([tag, text]) => (
          <div key={tag} className="flex flex-col gap-1">
            <Field label={t('quick.body', { language: formats.language(tag) })} rows={4} value={text} onChange={(next) => write(tag, next)} error={fieldError(save.error, `bodies.${tag}`)} />
            <div className="flex flex-wrap items-center gap-1">
              {offered.map((blank) => (
                <Button key={blank} small look="quiet" aria-label={t('quick.insert_blank', { blank })} onPress={() => write(tag, `${text}${text && !text.endsWith(' ') ? ' ' : ''}${blank}`)}>
                  <code dir="ltr" className="font-mono text-xs">{blank}</code>
                </Button>
              ))}
              <span className="grow" />
              {Object.keys(bodies).length > 1 && (
                <IconButton
                  label={t('quick.drop_language', { language: formats.language(tag) })}
                  icon={Trash2}
                  onPress={() => setBodies((old) => Object.fromEntries(Object.entries(old).filter(([one]) => one !== tag)))}
                />
              )}
            </div>
          </div>
        ))}
        {others.length > 0 && (
          <div className="flex flex-wrap items-center gap-1.5" role="group" aria-label={t('quick.language')}>
            <span className="text-sm text-muted">{t('quick.language')}</span>
            {others.map(({ code }) => <Button key={code} small onPress={() => write(code, '')}>{formats.language(code)}</Button>)}
          </div>
        )}
        <FilesPart files={files} busy={uploading} onBusy={setUploading} onChange={setFiles} />
        {save.isError && !atField && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!ready || uploading || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}
