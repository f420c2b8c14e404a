import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Paperclip } from 'lucide-react'
import { Link } from '@tanstack/react-router'
import { useEffect, useImperativeHandle, useMemo, useState, type Ref } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { quickRepliesHereQuery } from '@/api/queries'
import type { QuickReply } from '@/api/types'
import { directionOf } from '@/i18n/direction'
import { cx } from '@/ui/cx'
import { ErrorNote } from '@/ui/ErrorNote'
import { narrow } from './narrow'

/** What the box passes on while the list is open: keys that choose. */
export interface QuickKeys {
  /** Carries out a key of the list; false when the box should have it. */
  press(key: string): boolean
}

interface Props {
  conversation: string
  typed: string
  listId: string
  ref: Ref<QuickKeys>
  onActive: (id: string | null) => void
  onPick: (reply: QuickReply) => void
  onClose: () => void
}

const shown = 8

/** Answers kept ready, narrowed by what was typed after the slash. The focus stays in the box; arrows choose, Enter inserts. */
export function QuickList({ conversation, typed, listId, ref, onActive, onPick, onClose }: Props) {
  const { t } = useTranslation()
  const all = useQuery(quickRepliesHereQuery(conversation))
  // More than one answer holds: then the server looks through all of them.
  const beyond = (all.data?.next_cursor ?? null) !== null && typed !== ''
  const asked = useQuery({ ...quickRepliesHereQuery(conversation, typed), enabled: beyond, placeholderData: keepPreviousData })
  const found = useMemo(() => (beyond && asked.data ? asked.data.items : narrow(all.data?.items ?? [], typed)).slice(0, shown), [all.data, asked.data, beyond, typed])
  const [place, setPlace] = useState({ typed, at: 0 })
  const at = place.typed === typed ? Math.min(place.at, Math.max(0, found.length - 1)) : 0
  const active = found[at]
  const optionId = (reply: QuickReply) => `${listId}-${reply.id}`
  const activeId = active ? optionId(active) : null
  useEffect(() => onActive(activeId), [activeId, onActive])
  useEffect(() => () => onActive(null), [onActive])

  useImperativeHandle(ref, () => ({
    press: (key) => {
      if (key === 'Escape') {
        onClose()
        return true
      }
      if (found.length === 0) return false
      if (key === 'ArrowDown' || key === 'ArrowUp') {
        const step = key === 'ArrowDown' ? 1 : -1
        setPlace({ typed, at: (at + step + found.length) % found.length })
        return true
      }
      if ((key === 'Enter' || key === 'Tab') && active) {
        onPick(active)
        return true
      }
      return false
    },
  }))

  return (
    <div className="overflow-hidden rounded-lg border border-line bg-overlay shadow-overlay">
      {all.isError && !all.data && <div className="p-2"><ErrorNote error={all.error} onRetry={() => void all.refetch()} /></div>}
      <div id={listId} role="listbox" aria-label={t('quick.list')} className="max-h-72 overflow-auto p-1">
        {found.map((reply, index) => (
          <button
            key={reply.id}
            id={optionId(reply)}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            // The press must not take the focus from the box.
            onPointerDown={(event) => event.preventDefault()}
            onPointerMove={() => index !== at && setPlace({ typed, at: index })}
            onClick={() => onPick(reply)}
            className={cx('block w-full cursor-default rounded-md text-start border-s-2 px-2.5 py-1.5 pointer-coarse:py-2.5', index === at ? 'border-accent bg-hover' : 'border-transparent')}
          >
            <span className="flex items-baseline gap-2">
              <bdi dir="auto" className="shrink-0 font-mono text-xs text-accent-ink">/{reply.shortcut}</bdi>
              <bdi dir="auto" className="truncate font-semibold text-strong">{reply.title}</bdi>
              {reply.files.length > 0 && <Paperclip size={13} role="img" aria-label={t('quick.files')} className="shrink-0 self-center text-muted" />}
              {reply.here && reply.here.missing.length > 0 && <span className="ms-auto shrink-0 text-xs text-caution-ink">{t('quick.blanks', { count: reply.here.missing.length })}</span>}
            </span>
            {reply.here && <span dir={directionOf(reply.here.language)} lang={reply.here.language} className="line-clamp-2 text-sm text-muted">{reply.here.text}</span>}
          </button>
        ))}
      </div>
      {!all.isPending && found.length === 0 && <p className="px-3 pb-2 text-sm text-muted">{all.data?.items.length ? t('quick.none_found', { typed: `\u2068${typed}\u2069` }) : t('quick.none')}</p>}
      <p className="flex items-center justify-between gap-3 border-t border-line px-3 py-1.5 text-xs text-muted">
        <span className="pointer-coarse:hidden">{t('quick.keys')}</span>
        <Link to="/settings/quick-replies" className="ms-auto text-accent-ink underline-offset-2 hover:underline">{t('quick.manage')}</Link>
      </p>
    </div>
  )
}
