import { Play } from 'lucide-react'
import { useState } from 'react'
import { Autocomplete, Input, ListBox, ListBoxItem, SearchField, useFilter } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { Link } from '@tanstack/react-router'
import { Answered } from '@/ui/Answered'
import { Dialog } from '@/ui/Dialog'
import { UserText } from '@/ui/UserText'
import { macroText } from './macroText'
import { useMacros } from './useMacros'

/** Chooses a macro by typing and runs it on the conversation. */
export function MacroDialog({ conversation, onClose }: { conversation: string; onClose: () => void }) {
  const { t } = useTranslation()
  const { contains } = useFilter({ sensitivity: 'base' })
  const { query, run } = useMacros(conversation)
  const [text, setText] = useState('')
  return (
    <Dialog title={t('macro.run')} isOpen onClose={onClose}>
      <Answered query={query}>
        {(macros) =>
          macros.length === 0 ? (
            <p className="text-muted">{t('macro.none')} <Link to="/settings/macros" className="text-accent-ink underline underline-offset-4">{t('macro.make')}</Link></p>
          ) : (
            <Autocomplete inputValue={text} onInputChange={setText} filter={contains}>
              <SearchField autoFocus aria-label={t('macro.find')} className="mb-2">
                <Input dir="auto" placeholder={t('macro.find')} className="field w-full" />
              </SearchField>
              <ListBox
                aria-label={t('macro.title')}
                className="max-h-80 overflow-auto outline-none"
                onAction={(key) => {
                  const macro = macros.find((one) => one.id === key)
                  onClose()
                  if (macro) run(macro)
                }}
                renderEmptyState={() => <p className="p-2 text-muted">{t('macro.no_match')}</p>}
              >
                {macros.map((macro) => (
                  <ListBoxItem key={macro.id} id={macro.id} textValue={macro.name} className="hit flex cursor-default items-center gap-2 rounded-md px-2 py-1 outline-none data-[focused]:bg-hover">
                    <Play size={14} aria-hidden className="shrink-0 text-muted rtl:-scale-x-100" />
                    <span className="min-w-0 grow">
                      <UserText className="block truncate text-strong">{macro.name}</UserText>
                      <span className="block truncate text-xs text-muted">{macroText(macro.actions, t)}</span>
                    </span>
                  </ListBoxItem>
                ))}
              </ListBox>
            </Autocomplete>
          )
        }
      </Answered>
    </Dialog>
  )
}
