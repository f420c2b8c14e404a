import { useEffect, useState } from 'react'
import { isInstalled } from '@/live/push'

/** What the browser offers once, kept by public/boot.js. */
interface Offer extends Event {
  prompt: () => Promise<{ outcome: string }>
}

declare global {
  interface Window {
    rapportInstall?: Offer
  }
}

/** Whether the app can be installed with a click here, and the click. */
export function useInstall(): { offered: boolean; installed: boolean; install: () => Promise<void> } {
  const [offer, setOffer] = useState(() => window.rapportInstall)
  useEffect(() => {
    const look = () => setOffer(window.rapportInstall)
    const done = () => {
      window.rapportInstall = undefined
      look()
    }
    window.addEventListener('rapport.install', look)
    window.addEventListener('appinstalled', done)
    return () => {
      window.removeEventListener('rapport.install', look)
      window.removeEventListener('appinstalled', done)
    }
  }, [])
  const install = async () => {
    await offer?.prompt()
    // An offer can be taken once, whatever the answer was.
    window.rapportInstall = undefined
    setOffer(undefined)
  }
  return { offered: offer !== undefined, installed: isInstalled(), install }
}
