import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { ImportReport } from '@/api/types'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { FileField } from '@/ui/FileField'
import { toast } from '@/ui/toast'
import { problemText } from './problemText'

interface Table {
  name: string
  size: number
  format: 'csv' | 'json'
  data: string
}

/** Takes a table in: what it would do is shown before anything is changed. */
export function ImportReplies({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const [table, setTable] = useState<Table | null>(null)
  const look = useMutation({ mutationFn: ({ format, data }: Table) => post<ImportReport>('/quick-replies/import', { format, data, dry_run: true }) })
  const run = useMutation({
    mutationFn: ({ format, data }: Table) => post<ImportReport>('/quick-replies/import', { format, data }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.quickReplies })
      toast(t('quick.import_done'))
      onClose()
    },
  })
  const choose = async (file: File) => {
    const given: Table = { name: file.name, size: file.size, format: /\.json$/i.test(file.name) ? 'json' : 'csv', data: await file.text() }
    setTable(given)
    look.mutate(given)
  }
  const forget = () => {
    setTable(null)
    look.reset()
    run.reset()
  }
  const report = look.data
  const changes = report ? report.created + report.updated : 0
  return (
    <Dialog title={t('quick.import_title')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <p className="text-sm text-muted">{t('quick.import_hint')}</p>
        <FileField label={t('quick.import_file')} accept=".csv,.json,text/csv,application/json" file={table} onChoose={(file) => void choose(file)} onRemove={forget} />
        {(look.isError || run.isError) && <ErrorNote error={look.error ?? run.error} />}
        {report && (
          <div role="status" className="flex flex-col gap-2">
            <p className="text-strong">{t('quick.import_found', { created: report.created, updated: report.updated, unchanged: report.unchanged })}</p>
            {report.problems.length > 0 && (
              <>
                <p className="text-sm font-semibold text-caution-ink">{t('quick.import_problems')}</p>
                <ul aria-label={t('quick.import_problems')} className="max-h-48 overflow-auto text-sm">
                  {report.problems.map((problem, index) => (
                    <li key={index} className="border-b border-line py-1">
                      <bdi dir="auto" className="font-mono text-xs">/{problem.shortcut}</bdi> <span className="text-muted">{problemText(problem, t, formats)}</span>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
        )}
        <Button look="primary" isDisabled={!table || changes === 0 || run.isPending} onPress={() => table && run.mutate(table)}>{t('quick.import_run')}</Button>
      </div>
    </Dialog>
  )
}
