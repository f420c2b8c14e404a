import { Check, Copy as CopyIcon } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { IconButton } from './IconButton'

/** A value to carry elsewhere (webhook address, token), with a button that copies it. */
export function Copy({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation()
  const [done, setDone] = useState(false)
  const text = useRef<HTMLElement>(null)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
    } catch {
      // No clipboard on plain http or when forbidden: the value is selected, so that Ctrl C copies it.
      if (text.current) getSelection()?.selectAllChildren(text.current)
      return
    }
    setDone(true)
    setTimeout(() => setDone(false), 2000)
  }
  return (
    <div className="flex flex-col gap-1">
      <span className="text-sm font-semibold">{label}</span>
      <div className="flex items-center gap-1 rounded-md bg-sunken ps-2.5">
        <code ref={text} dir="ltr" className="min-w-0 grow truncate py-1.5 text-start font-mono text-sm text-strong" title={value}>{value}</code>
        <IconButton label={done ? t('common.copied') : t('common.copy_named', { name: label })} icon={done ? Check : CopyIcon} onPress={() => void copy()} />
      </div>
    </div>
  )
}
