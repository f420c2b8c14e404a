/** Gives the browser a file to keep. Spreadsheets take a table for UTF-8 by its mark. */
export function save(name: string, data: string): void {
  const table = name.endsWith('.csv')
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([table ? `\ufeff${data}` : data], { type: table ? 'text/csv;charset=utf-8' : 'application/json' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
