import { useSingleKeys } from '@/actions/useSingleKeys'
import type { Side } from '@/api/types'

export interface DeskKeys {
  choose: (side: Side) => void
  always?: (side: Side) => void
  /** Neither. */
  apart?: () => void
  skip: () => void
  back: () => void
  undo: () => void
}

/** What a key does at the desk, by its place on the keyboard; arrows mean the card that stands on their side of the screen. */
export function deskKey(event: Pick<KeyboardEvent, 'code' | 'shiftKey'>, isRtl: boolean): [keyof DeskKeys, Side?] | null {
  const { code, shiftKey } = event
  const side: Side | null =
    code === 'Digit1' || code === 'Numpad1' || code === (isRtl ? 'ArrowRight' : 'ArrowLeft') ? 'ours'
    : code === 'Digit2' || code === 'Numpad2' || code === (isRtl ? 'ArrowLeft' : 'ArrowRight') ? 'theirs'
    : null
  if (side) return [shiftKey ? 'always' : 'choose', side]
  if (shiftKey) return null
  if (code === 'KeyJ') return ['skip']
  if (code === 'KeyK') return ['back']
  if (code === 'KeyA') return ['apart']
  return code === 'KeyU' ? ['undo'] : null
}

/** The desk's keys. */
export function useDeskKeys(keys: DeskKeys): void {
  useSingleKeys((event) => {
    const found = deskKey(event, document.documentElement.dir === 'rtl')
    if (!found) return undefined
    const [name, side] = found
    if (name !== 'choose' && name !== 'always') return keys[name]
    const act = keys[name]
    return act && (() => act(side ?? 'ours'))
  })
}
