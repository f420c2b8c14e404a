import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { understandingKeys, type HotWordReport } from '@/features/understanding/api'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { FileField } from '@/ui/FileField'
import { toast } from '@/ui/toast'

/** Takes a table of hot words in: what it would do is shown before anything is changed. */
export function ImportHotWords({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const [table, setTable] = useState<{ name: string; size: number; data: string } | null>(null)
  const send = (dry_run: boolean) => (data: string) => post<HotWordReport>('/hot-words/import', { data, dry_run })
  const look = useMutation({ mutationFn: send(true) })
  const run = useMutation({
    mutationFn: send(false),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: understandingKeys.all })
      toast(t('understanding.import_done'))
      onClose()
    },
  })
  const choose = async (file: File) => {
    const data = await file.text()
    setTable({ name: file.name, size: file.size, data })
    look.mutate(data)
  }
  const report = look.data
  return (
    <Dialog title={t('understanding.import')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-sm text-muted">{t('understanding.import_hint')}</p>
        <code dir="ltr" className="block overflow-x-auto rounded-md bg-sunken p-2 font-mono text-xs">topic,language,text,also,except,exact,skip_negated</code>
        <FileField label={t('understanding.import_file')} accept=".csv,.json,text/csv,application/json" file={table} onChoose={(file) => void choose(file)} />
        {(look.isError || run.isError) && <ErrorNote error={look.error ?? run.error} />}
        {report && !look.isPending && (
          <div role="status" className="flex flex-col gap-2">
            <p className="text-strong">{t('understanding.import_found', { created: formats.number(report.created), updated: formats.number(report.updated), unchanged: formats.number(report.unchanged) })}</p>
            {report.problems.length > 0 && (
              <ul aria-label={t('understanding.import_refused')} className="max-h-48 overflow-auto text-sm">
                {report.problems.map((row) => (
                  <li key={row.row} className="border-b border-line py-1"><span className="tabular-nums">{formats.number(row.row)}</span> <bdi dir="auto">{row.text}</bdi> <bdi dir="ltr" className="text-muted">{row.field}: {row.detail}</bdi></li>
                ))}
              </ul>
            )}
          </div>
        )}
        <Button look="primary" isDisabled={!table || !report || report.created + report.updated === 0 || run.isPending} onPress={() => table && run.mutate(table.data)}>{t('understanding.import_run')}</Button>
      </div>
    </Dialog>
  )
}
