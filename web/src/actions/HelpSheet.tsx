import { useTranslation } from 'react-i18next'
import { Dialog } from '@/ui/Dialog'
import { Kbd } from '@/ui/Kbd'
import { actions, caps, isMac, type ActionGroup } from './catalogue'

const groups: ActionGroup[] = ['general', 'go', 'list', 'conversation']

/** Every key, drawn from the same registry that carries them out. */
export function HelpSheet({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Dialog title={t('help.title')} isOpen={isOpen} onClose={onClose} wide>
      <p className="mb-4 text-sm text-muted">{t('help.lead')}</p>
      <ShortcutTables />
    </Dialog>
  )
}

/** The keys by group, in columns. */
export function ShortcutTables() {
  const { t } = useTranslation()
  return (
    <div className="gap-8 md:columns-2">
      {groups.map((group) => (
        <section key={group} className="mb-5 break-inside-avoid">
          <h3 className="mb-1 text-sm">{t(`action_group.${group}`)}</h3>
          <dl>
            {actions.filter((action) => action.group === group && action.keys).map((action) => (
              <div key={action.name} className="flex min-h-8 items-center justify-between gap-3 border-b border-line">
                <dt>{t(`action.${action.name}`)}</dt>
                <dd><Kbd keys={caps(action.keys ?? { code: '' }, isMac)} /></dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  )
}
