import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Pencil, RotateCcw, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { actions, caps, isMac, type ActionGroup, type ActionName, type Keys } from '@/actions/catalogue'
import { holderOf, isReserved, keymap, keysOf, keysOfPress, setKeymap, withKeys } from '@/actions/keymap'
import { put } from '@/api/client'
import { keys as names } from '@/api/keys'
import type { KeySettings } from '@/api/types'
import { useMe } from '@/features/frame/useMe'
import { useStore } from '@/live/store'
import { Button } from '@/ui/Button'
import { errorText } from '@/ui/errors'
import { IconButton } from '@/ui/IconButton'
import { Kbd } from '@/ui/Kbd'
import { Segmented } from '@/ui/Segmented'
import { toast } from '@/ui/toast'

const groups: ActionGroup[] = ['general', 'go', 'list', 'conversation', 'writing']
const modes = ['all', 'chords', 'off'] as const

/** Every action with its keys, which can be changed: they are the person's own, on every computer. */
export function KeysForm() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const me = useMe()
  const { mode, keys } = useStore(keymap)
  const settings: KeySettings = { mode, keys }
  const [changing, setChanging] = useState<ActionName | null>(null)
  // The row whose pencil gets the focus back when it comes again.
  const [left, setLeft] = useState<ActionName | null>(null)
  const begin = (name: ActionName) => {
    setLeft(null)
    setChanging(name)
  }
  const stop = () => {
    setLeft(changing)
    setChanging(null)
  }
  const save = useMutation({
    mutationFn: (wanted: KeySettings) => put<KeySettings>('/users/me/keys', wanted),
    onMutate: (wanted) => {
      setKeymap(me.user.id, wanted)
      return settings
    },
    onSuccess: (saved) => {
      setKeymap(me.user.id, saved)
      toast(t('keys.saved'))
      void client.invalidateQueries({ queryKey: names.myKeys })
    },
    onError: (error, _, before) => {
      if (before) setKeymap(me.user.id, before)
      toast(errorText(error, t), 'danger')
    },
  })
  const change = (name: ActionName, wanted: Keys | null | undefined) => {
    if (changing === name) stop()
    save.mutate(withKeys(settings, name, wanted))
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span>
          {t('keys.mode')}
          <span className="block text-xs text-muted">{t('keys.mode_hint')}</span>
        </span>
        <Segmented
          label={t('keys.mode')}
          value={mode}
          options={modes.map((id) => ({ id, label: t(`keys.${id}`) }))}
          onChange={(next) => {
            setLeft(null)
            save.mutate({ ...settings, mode: next })
          }}
        />
      </div>
      {mode !== 'off' && (
        <div className="gap-8 md:columns-2">
          {groups.map((group) => (
            <section key={group} className="mb-5 break-inside-avoid">
              <h3 className="mb-1 text-sm">{t(`action_group.${group}`)}</h3>
              <ul aria-label={t(`action_group.${group}`)}>
                {actions.filter((action) => action.group === group).map(({ name }) => (
                  <li key={name} className="border-b border-line">
                    {changing === name ? (
                      <Press name={name} settings={settings} onChoose={(wanted) => change(name, wanted)} onCancel={stop} />
                    ) : (
                      <Row name={name} settings={settings} returned={left === name} onEdit={() => begin(name)} onChoose={(wanted) => change(name, wanted)} />
                    )}
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
      {Object.keys(keys).length > 0 && <Button small className="self-start" onPress={() => save.mutate({ mode, keys: {} })}>{t('keys.reset_all')}</Button>}
    </div>
  )
}

interface RowProps {
  name: ActionName
  settings: KeySettings
  /** Its keys were being changed just now. */
  returned: boolean
  onEdit: () => void
  onChoose: (keys: Keys | null | undefined) => void
}

function Row({ name, settings, returned, onEdit, onChoose }: RowProps) {
  const { t } = useTranslation()
  const held = keysOf(name, settings.keys)
  const label = t(`action.${name}`)
  return (
    <div className="flex min-h-9 items-center gap-1">
      <span className="grow">{label}</span>
      {held ? <Kbd keys={caps(held, isMac)} /> : <span className="shrink-0 text-xs whitespace-nowrap text-faint">{t('keys.none')}</span>}
      <IconButton label={t('keys.change_named', { name: label })} icon={Pencil} autoFocus={returned} onPress={onEdit} />
      {name in settings.keys ? (
        <IconButton label={t('keys.reset_named', { name: label })} icon={RotateCcw} onPress={() => onChoose(undefined)} />
      ) : (
        <IconButton label={t('keys.drop_named', { name: label })} icon={X} isDisabled={!held} onPress={() => onChoose(null)} />
      )}
    </div>
  )
}

interface PressProps {
  name: ActionName
  settings: KeySettings
  onChoose: (keys: Keys) => void
  onCancel: () => void
}

/** Waits for the keys; whoever has them already is named before they are taken. */
function Press({ name, settings, onChoose, onCancel }: PressProps) {
  const { t } = useTranslation()
  const [wanted, setWanted] = useState<Keys | null>(null)
  const holder = wanted && holderOf(wanted, name, settings.keys)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const pressed = keysOfPress(event, isMac)
      // Tab and Enter stay what they are, so that nobody is caught here.
      if (!pressed || ((pressed.code === 'Tab' || pressed.code === 'Enter' || pressed.code === 'Space') && !pressed.mod && !pressed.alt)) return
      event.preventDefault()
      event.stopPropagation()
      if (pressed.code === 'Escape' && name !== 'close') return onCancel()
      setWanted(pressed)
      if (!isReserved(pressed) && !holderOf(pressed, name, settings.keys)) onChoose(pressed)
    }
    window.addEventListener('keydown', onKey, true)
    return () => window.removeEventListener('keydown', onKey, true)
  }, [name, settings, onChoose, onCancel])
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  const shown = wanted ? `\u2066${caps(wanted, isMac).join(' ')}\u2069` : ''
  return (
    <div ref={box} tabIndex={-1} role="group" aria-label={t('keys.change_named', { name: t(`action.${name}`) })} className="my-1 flex flex-col gap-1.5 rounded-md bg-info-soft p-2 text-sm text-info-ink">
      <span className="flex items-center justify-between gap-2">
        <span className="font-semibold">{t(`action.${name}`)}</span>
        <IconButton label={t('common.cancel')} icon={X} onPress={onCancel} />
      </span>
      <span role="status">{!wanted ? t('keys.press') : isReserved(wanted) ? t('keys.reserved', { keys: shown }) : holder ? t('keys.taken', { keys: shown, name: t(`action.${holder}`) }) : t('keys.press')}</span>
      {wanted && holder && !isReserved(wanted) && <Button small className="self-start" onPress={() => onChoose(wanted)}>{t('keys.take')}</Button>}
    </div>
  )
}
