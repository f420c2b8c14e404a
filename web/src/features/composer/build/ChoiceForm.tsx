import { Plus, X } from 'lucide-react'
import { useTranslation } from '@/i18n/useTranslation'
import { Button } from '@/ui/Button'
import { IconButton } from '@/ui/IconButton'
import type { FormProps } from './Builder'
import { Counted } from './Counted'
import { Frame } from './Frame'
import { limits } from './limits'
import { repeated } from './model'

/** Up to three answers to tap. */
export function ChoiceForm({ sketch, set }: FormProps) {
  const { t } = useTranslation()
  const twice = repeated(sketch.titles)
  return (
    <Frame sketch={sketch} set={set}>
      {sketch.titles.map((title, at) => (
        <div key={at} className="flex items-start gap-1">
          <div className="grow">
            <Counted
              label={t('compose.button_nth', { n: at + 1 })}
              value={title}
              most={limits.buttonTitle}
              required={at === 0}
              error={twice.has(title.trim()) ? t('compose.twice') : null}
              onChange={(text) => set({ titles: sketch.titles.map((old, index) => (index === at ? text : old)) })}
            />
          </div>
          {sketch.titles.length > 1 && <IconButton className="mt-6" label={t('compose.remove_button', { n: at + 1 })} icon={X} onPress={() => set({ titles: sketch.titles.filter((_, index) => index !== at) })} />}
        </div>
      ))}
      {sketch.titles.length < limits.buttons && (
        <Button small className="self-start" onPress={() => set({ titles: [...sketch.titles, ''] })}>
          <Plus size={14} aria-hidden />
          {t('compose.add_button')}
        </Button>
      )}
    </Frame>
  )
}
