import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/i18n/useTranslation'
import { Dialog } from '@/ui/Dialog'
import { useStore } from '@/live/store'
import { ActionKeys } from '@/ui/Menu'
import { actions, type ActionGroup } from './catalogue'
import { isOn, keymap, keysOf } from './keymap'

const groups: ActionGroup[] = ['general', 'go', 'list', 'conversation', 'writing']

/** Every key, drawn from the same registry that carries them out. */
export function HelpSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog title={t('help.title')} isOpen={isOpen} onClose={onClose} wide>
      <p className="mb-4 text-sm text-muted">{t('help.lead')}</p>
      <ShortcutTables />
      <p className="text-sm"><Link to="/account" onClick={onClose} className="text-accent-ink underline underline-offset-2">{t('help.change')}</Link> · <Link to="/guide" onClick={onClose} className="text-accent-ink underline underline-offset-2">{t('action.go_guide')}</Link></p>
    </Dialog>
  )
}

/** The keys by group, in columns. */
export function ShortcutTables() {
  const { t } = useTranslation()
  const { mode, keys } = useStore(keymap)
  if (mode === 'off') return <p>{t('help.off')}</p>
  const works = (name: (typeof actions)[number]['name']) => {
    const held = keysOf(name, keys)
    return held !== undefined && isOn(held, mode)
  }
  return (
    <div className="gap-8 md:columns-2">
      {groups.filter((group) => actions.some((action) => action.group === group && works(action.name))).map((group) => (
        <section key={group} className="mb-5 break-inside-avoid">
          <h3 className="mb-1 text-sm">{t(`action_group.${group}`)}</h3>
          <dl>
            {actions.filter((action) => action.group === group && works(action.name)).map((action) => (
              <div key={action.name} className="flex min-h-8 items-center justify-between gap-3 border-b border-line">
                <dt>{t(`action.${action.name}`)}</dt>
                <dd><ActionKeys action={action.name} /></dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}
