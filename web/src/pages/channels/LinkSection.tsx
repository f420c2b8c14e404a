import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Pencil, Trash2 } from 'lucide-react'
import { QRCodeSVG } from 'qrcode.react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { patch, post, remove } from '@/api/client'
import { keys } from '@/api/keys'
import { qrCodesQuery } from '@/api/queries'
import type { Channel, QrCode } from '@/api/types'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { Copy } from '@/ui/Copy'
import { ErrorNote } from '@/ui/ErrorNote'
import { errorText, fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { IconButton } from '@/ui/IconButton'
import { Section } from '@/ui/Section'
import { toast } from '@/ui/toast'
import { UserText } from '@/ui/UserText'
import { waLink } from './waLink'

/** A QR code is read by cameras: dark on light in every theme, with its quiet zone. */
function Picture({ value, label }: { value: string; label: string }) {
  return <QRCodeSVG value={value} size={112} marginSize={3} level="M" title={label} bgColor="#ffffff" fgColor="#111111" className="shrink-0 rounded-md border border-line" />
}

/** Links that open a chat with a text already written: one made on the spot, and Meta's short ones, whose text can change after they are printed. */
export function LinkSection({ channel }: { channel: Channel }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const link = waLink(channel.display_phone, text)
  return (
    <Section title={t('links.title')} hint={t('links.hint')}>
      <div className="flex flex-col gap-5">
        {link && (
          <div className="flex flex-wrap items-start gap-4">
            <div className="flex min-w-60 grow basis-0 flex-col gap-3">
              <Field label={t('links.text')} hint={t('links.text_hint')} value={text} onChange={setText} maxLength={1000} />
              <Copy label={t('links.own')} value={link} />
            </div>
            <Picture value={link} label={t('links.picture')} />
          </div>
        )}
        <ShortLinks channelId={channel.id} />
      </div>
    </Section>
  )
}

function ShortLinks({ channelId }: { channelId: string }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(qrCodesQuery(channelId))
  const [text, setText] = useState('')
  const add = useMutation({
    mutationFn: () => post<QrCode>(`/channels/${channelId}/qr-codes`, { text }),
    onSuccess: () => {
      setText('')
      void client.invalidateQueries({ queryKey: keys.qrCodes(channelId) })
    },
  })
  return (
    <div className="flex flex-col gap-3">
      <h3 className="text-sm">{t('links.short')}</h3>
      <p className="text-xs text-muted">{t('links.short_hint')}</p>
      {query.isError && <ErrorNote error={query.error} onRetry={() => void query.refetch()} />}
      <ul aria-label={t('links.short')}>
        {query.data?.map((code) => <ShortLink key={code.code} channelId={channelId} code={code} />)}
      </ul>
      <form
        className="flex max-w-xl flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate()
        }}
      >
        <Field label={t('links.new_text')} hint={t('profile.left', { used: text.length, max: 140 })} maxLength={140} value={text} onChange={setText} error={fieldError(add.error, 'text')} />
        {add.isError && !isAtField(add.error, ['text']) && <ErrorNote error={add.error} />}
        <div><Button type="submit" isDisabled={add.isPending || text.trim() === ''}>{t('links.make')}</Button></div>
      </form>
    </div>
  )
}

function ShortLink({ channelId, code }: { channelId: string; code: QrCode }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [editing, setEditing] = useState<string | null>(null)
  const [removing, setRemoving] = useState(false)
  const path = `/channels/${channelId}/qr-codes/${code.code}`
  const refresh = () => {
    setEditing(null)
    void client.invalidateQueries({ queryKey: keys.qrCodes(channelId) })
  }
  const change = useMutation({ mutationFn: (text: string) => patch<QrCode>(path, { text }), onSuccess: refresh })
  const drop = useMutation({ mutationFn: () => remove(path), onSuccess: refresh, onError: (error) => toast(errorText(error, t), 'danger') })
  return (
    <li className="flex flex-wrap items-start gap-4 border-b border-line py-3">
      <Picture value={code.link} label={t('links.picture')} />
      <div className="flex min-w-60 grow basis-0 flex-col gap-2">
        {editing === null ? (
          <div className="flex items-start gap-1">
            <UserText className="min-w-0 grow py-1 text-strong">{code.text}</UserText>
            <IconButton label={t('common.edit')} icon={Pencil} onPress={() => setEditing(code.text)} />
            <IconButton label={t('links.remove')} icon={Trash2} onPress={() => setRemoving(true)} />
          </div>
        ) : (
          <form
            className="flex flex-col gap-2"
            onSubmit={(event) => {
              event.preventDefault()
              change.mutate(editing)
            }}
          >
            <Field label={t('links.text')} maxLength={140} value={editing} onChange={setEditing} error={fieldError(change.error, 'text')} />
            {change.isError && !isAtField(change.error, ['text']) && <ErrorNote error={change.error} />}
            <div className="flex gap-2">
              <Button small type="submit" isDisabled={change.isPending || editing.trim() === ''}>{t('common.save')}</Button>
              <Button small look="quiet" onPress={() => setEditing(null)}>{t('common.cancel')}</Button>
            </div>
          </form>
        )}
        <Copy label={t('links.link')} value={code.link} />
      </div>
      <Confirm title={t('links.remove')} text={t('links.remove_text')} verb={t('links.remove')} isOpen={removing} onClose={() => setRemoving(false)} onConfirm={() => drop.mutate()} />
    </li>
  )
}
