import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import type { ShopReport } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { FileField } from '@/ui/FileField'
import { Segmented } from '@/ui/Segmented'
import { toast } from '@/ui/toast'

type Kind = 'orders' | 'products' | 'stock'
const kinds = ['orders', 'products', 'stock'] as const satisfies readonly Kind[]

/** Takes a table in: what it would do is shown before anything is changed. */
export function ImportTable({ kind: first, onClose }: { kind: Kind; onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [kind, setKind] = useState<Kind>(first)
  const [table, setTable] = useState<{ name: string; size: number; data: string } | null>(null)
  const send = (dry_run: boolean) => (given: { kind: Kind; data: string }) => post<ShopReport>('/shop/import', { ...given, dry_run })
  const look = useMutation({ mutationFn: send(true) })
  const run = useMutation({
    mutationFn: send(false),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['shop'] })
      void client.invalidateQueries({ queryKey: ['contacts', 'consents'] })
      toast(t('shop.import_done'))
      onClose()
    },
  })
  const choose = async (file: File) => {
    const data = await file.text()
    setTable({ name: file.name, size: file.size, data })
    look.mutate({ kind, data })
  }
  const turn = (to: Kind) => {
    setKind(to)
    if (table) look.mutate({ kind: to, data: table.data })
  }
  const report = look.data
  return (
    <Dialog title={t('shop.import')} isOpen onClose={onClose}>
      <div className="flex flex-col gap-4">
        <Segmented label={t('shop.show')} options={kinds.map((id) => ({ id, label: t(`shop.${id}`) }))} value={kind} onChange={turn} />
        <p className="text-sm text-muted">{t(`shop.import_hint.${kind}`)}</p>
        <FileField label={t('shop.import_file')} accept=".csv,text/csv" file={table} onChoose={(file) => void choose(file)} />
        {(look.isError || run.isError) && <ErrorNote error={look.error ?? run.error} />}
        {report && !look.isPending && (
          <div role="status" className="flex flex-col gap-2">
            <p className="text-strong">{t('shop.import_found', { created: report.created, updated: report.updated, unchanged: report.unchanged + report.older })}</p>
            {report.rows.length > 0 && (
              <>
                <p className="text-sm font-semibold text-caution-ink">{t('shop.import_refused')}</p>
                <ul aria-label={t('shop.import_refused')} className="max-h-48 overflow-auto text-sm">
                  {report.rows.map((row) => (
                    <li key={row.row} className="border-b border-line py-1">
                      {t('shop.line', { row: row.row })} <bdi dir="auto" className="font-mono text-xs">{row.key}</bdi> <bdi dir="ltr" className="text-muted">{row.field}: {row.detail}</bdi>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
        )}
        <Button look="primary" isDisabled={!table || !report || report.created + report.updated === 0 || run.isPending} onPress={() => table && run.mutate({ kind, data: table.data })}>{t('shop.import_run')}</Button>
      </div>
    </Dialog>
  )
}
