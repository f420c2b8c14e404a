// The shop's catalogue is one per number and rarely changes: what was typed last is offered again, in this browser.
const key = (channel: string) => `rapport.catalog.${channel}`

export function knownCatalog(channel: string): string {
  try {
    return localStorage.getItem(key(channel)) ?? ''
  } catch {
    return ''
  }
}

export function keepCatalog(channel: string, catalog: string): void {
  try {
    localStorage.setItem(key(channel), catalog)
  } catch {
    // A full storage costs typing it again.
  }
}
