import { Autocomplete, Dialog, Header, Input, Menu, MenuItem, MenuSection, Modal, ModalOverlay, SearchField, useFilter } from 'react-aria-components'
import { useTranslation } from 'react-i18next'
import { useStore } from '@/live/store'
import { Kbd } from '@/ui/Kbd'
import { actions, caps, isMac, type ActionGroup } from './catalogue'
import { available, canRun, run } from './registry'

const groups: ActionGroup[] = ['conversation', 'list', 'go', 'general']

/** Ctrl/Cmd K: everything that can be done here and now, found by typing, with its key beside it. */
export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  useStore(available)
  const { contains } = useFilter({ sensitivity: 'base' })
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable className="fixed inset-0 z-40 flex justify-center bg-scrim p-3 pt-[12vh]">
      <Modal className="appear h-fit max-h-[70vh] w-full max-w-xl overflow-hidden rounded-lg border border-line bg-overlay shadow-overlay">
        <Dialog aria-label={t('palette.title')} className="flex max-h-[70vh] flex-col outline-none">
          <Autocomplete filter={contains}>
            <SearchField autoFocus aria-label={t('palette.search')} className="border-b border-line">
              <Input dir="auto" placeholder={t('palette.search')} className="w-full bg-transparent px-4 py-3.5 text-lg text-strong outline-none placeholder:text-faint [&::-webkit-search-cancel-button]:hidden" />
            </SearchField>
            <Menu
              aria-label={t('palette.actions')}
              className="min-h-0 overflow-auto p-1.5 outline-none"
              onAction={(key) => {
                onClose()
                // The dialog must be gone before the action moves the focus.
                requestAnimationFrame(() => run(key as (typeof actions)[number]['name']))
              }}
              renderEmptyState={() => <p className="p-4 text-muted">{t('palette.nothing')}</p>}
            >
              {groups.map((group) => {
                const possible = actions.filter((action) => action.group === group && action.name !== 'palette' && canRun(action.name))
                if (possible.length === 0) return null
                return (
                  <MenuSection key={group} className="pb-1">
                    <Header className="px-2.5 pt-2 pb-1 text-xs text-muted">{t(`action_group.${group}`)}</Header>
                    {possible.map((action) => (
                      <MenuItem key={action.name} id={action.name} textValue={t(`action.${action.name}`)} className="hit flex cursor-default items-center justify-between gap-3 rounded-md px-2.5 text-ink outline-none data-[focused]:bg-hover data-[focused]:text-strong">
                        <span>{t(`action.${action.name}`)}</span>
                        {action.keys && <Kbd keys={caps(action.keys, isMac)} />}
                      </MenuItem>
                    ))}
                  </MenuSection>
                )
              })}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
