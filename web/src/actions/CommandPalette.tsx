import { Autocomplete, Dialog, Header, Input, Menu, MenuItem, MenuSection, Modal, ModalOverlay, SearchField, useFilter } from 'react-aria-components'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { useStore } from '@/live/store'
import { ActionKeys } from '@/ui/Menu'
import { actions, type ActionGroup } from './catalogue'
import { useFound } from './useFound'
import { useMacroItems } from './useMacroItems'
import { available, canRun, run } from './registry'

/** Stands before the text of what the server found, which need not contain what was typed. */
const isFound = '\u2063'

const groups: ActionGroup[] = ['conversation', 'writing', 'list', 'go', 'general']

/** Ctrl/Cmd K: everything that can be done here and now, found by typing, with its key beside it. */
export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  useStore(available)
  const { contains } = useFilter({ sensitivity: 'base' })
  const [text, setText] = useState('')
  const macros = useMacroItems(text, isOpen)
  const pages = useFound(isOpen ? text : '')
  const found = [...macros, ...pages]
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={(open) => !open && (setText(''), onClose())} isDismissable className="fixed inset-0 z-40 flex justify-center bg-scrim p-3 pt-[12vh]">
      <Modal className="appear h-fit max-h-[70vh] w-full max-w-xl overflow-hidden rounded-lg border border-line bg-overlay shadow-overlay">
        <Dialog aria-label={t('palette.title')} className="flex max-h-[70vh] flex-col outline-none">
          <Autocomplete inputValue={text} onInputChange={setText} filter={(item, typed) => item.startsWith(isFound) || contains(item, typed)}>
            <SearchField autoFocus aria-label={t('palette.search')} className="border-b border-line">
              <Input dir="auto" placeholder={t('palette.search')} className="w-full bg-transparent px-4 py-3.5 text-lg text-strong outline-none placeholder:text-faint [&::-webkit-search-cancel-button]:hidden" />
            </SearchField>
            <Menu
              aria-label={t('palette.actions')}
              className="min-h-0 overflow-auto p-1.5 outline-none"
              onAction={(key) => {
                onClose()
                setText('')
                const item = found.flatMap((group) => group.items).find((one) => one.id === key)
                // The dialog must be gone before the action moves the focus.
                requestAnimationFrame(() => (item ? item.go() : run(key as (typeof actions)[number]['name'])))
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
                        <ActionKeys action={action.name} />
                      </MenuItem>
                    ))}
                  </MenuSection>
                )
              })}
              {found.map((group) => (
                <MenuSection key={group.id} className="pb-1" aria-label={group.id === 'everywhere' ? t('palette.search') : undefined}>
                  {group.id !== 'everywhere' && <Header className="px-2.5 pt-2 pb-1 text-xs text-muted">{t(`palette.${group.id}`)}</Header>}
                  {group.items.map((item) => (
                    <MenuItem key={item.id} id={item.id} textValue={`${isFound}${item.title}`} className="hit flex cursor-default items-baseline gap-3 rounded-md px-2.5 py-1.5 text-ink outline-none data-[focused]:bg-hover data-[focused]:text-strong">
                      <bdi className="max-w-1/2 shrink-0 truncate">{item.title}</bdi>
                      {item.detail && <bdi dir="auto" className="min-w-0 truncate text-sm text-muted">{item.detail}</bdi>}
                    </MenuItem>
                  ))}
                </MenuSection>
              ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
