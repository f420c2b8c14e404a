import { Smile } from 'lucide-react'
import { Dialog, DialogTrigger, Popover } from 'react-aria-components'
import { useTranslation } from '@/i18n/useTranslation'
import { IconButton } from '@/ui/IconButton'
import { useStill } from '@/ui/Still'
import { emojiGroups } from './emoji'

/** Puts an emoji where the cursor is. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useTranslation()
  const button = <IconButton label={t('composer.emoji')} icon={Smile} />
  if (useStill()) return button
  return (
    <DialogTrigger>
      {button}
      <Popover placement="top start" className="appear z-50 max-w-[94vw] rounded-lg border border-line bg-overlay p-2 shadow-overlay">
        <Dialog aria-label={t('composer.emoji')} className="flex flex-col gap-1.5 outline-none">
          {({ close }) =>
            emojiGroups.map((group) => (
              <div key={group.name} role="group" aria-label={t(`composer.emoji_group.${group.name}`)} className="grid grid-cols-8 border-t border-line pt-1.5 first:border-t-0 first:pt-0">
                {group.emoji.map((emoji) => (
                  <button
                    key={emoji}
                    type="button"
                    onClick={() => {
                      onPick(emoji)
                      close()
                    }}
                    className="hit-square rounded-md text-lg leading-none hover:bg-hover"
                  >
                    {emoji}
                  </button>
                ))}
              </div>
            ))
          }
        </Dialog>
      </Popover>
    </DialogTrigger>
  )
}
