// Notices on this device: what the browser can do, and the way from its subscription to the server.
import { get, put, remove } from '@/api/client'
import type { Device, DeviceWants, PushSettings } from '@/api/types'

/** Whose notices this browser brings; gone once they are turned off or somebody signs out. */
const mark = 'rapport.push'

/** Why notices cannot be turned on here, or that they can. `install`: on an iPhone they are for the installed app only. */
export type Ability = 'yes' | 'unsupported' | 'insecure' | 'install' | 'denied'

const isApple = () => /iPad|iPhone|iPod/.test(navigator.userAgent) || (navigator.userAgent.includes('Macintosh') && navigator.maxTouchPoints > 1)

/** Whether the app runs in a window of its own. */
export const isInstalled = () => matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone === true

export function ability(): Ability {
  if (!window.isSecureContext) return 'insecure'
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) return isApple() && !isInstalled() ? 'install' : 'unsupported'
  return Notification.permission === 'denied' ? 'denied' : 'yes'
}

/** The person said no to the browser's question, or closed it. */
export class NotAllowed extends Error {}
/** The browser could not reach its push service. */
export class NoPushService extends Error {}

const bytes = (text: string) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0))

function sameKey(subscription: PushSubscription, key: Uint8Array): boolean {
  const own = subscription.options.applicationServerKey
  return !own || (own.byteLength === key.length && new Uint8Array(own).every((byte, place) => byte === key[place]))
}

/** The browser's subscription to our key; one to another key is given up first. */
async function subscribe(publicKey: string): Promise<PushSubscription> {
  const { pushManager } = await navigator.serviceWorker.ready
  const key = bytes(publicKey)
  const known = await pushManager.getSubscription()
  if (known && sameKey(known, key)) return known
  await known?.unsubscribe()
  try {
    return await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  } catch (error) {
    throw Notification.permission === 'granted' ? new NoPushService('push service', { cause: error }) : new NotAllowed('not allowed', { cause: error })
  }
}

async function tellServer(subscription: PushSubscription, wants?: DeviceWants): Promise<Device> {
  const { endpoint, keys } = subscription.toJSON()
  return put<Device>('/push/subscriptions', { endpoint, p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '', wants })
}

/** Turns notices on, or changes them. The browser's question comes now: only after a click. */
export async function turnOn(userId: string, publicKey: string, wants?: DeviceWants): Promise<Device> {
  if ((await Notification.requestPermission()) !== 'granted') throw new NotAllowed('not allowed')
  const device = await tellServer(await subscribe(publicKey), wants)
  localStorage.setItem(mark, userId)
  return device
}

/** Gives the browser's subscription up; the server forgets the device by itself or was told. */
export async function letGo(): Promise<void> {
  localStorage.removeItem(mark)
  const registration = await navigator.serviceWorker?.getRegistration()
  await (await registration?.pushManager?.getSubscription())?.unsubscribe()
}

/** Turns notices off on a device; on this one the browser is told as well. */
export async function turnOff(device: Device): Promise<void> {
  await remove(`/push/subscriptions/${device.id}`)
  if (device.current) await letGo()
}

/** After a new sign-in, or when the browser changed its address: the server is told where this device is. */
export async function renew(userId: string): Promise<void> {
  if (localStorage.getItem(mark) !== userId || ability() !== 'yes' || Notification.permission !== 'granted') return
  const { public_key } = await get<PushSettings>('/push')
  await tellServer(await subscribe(public_key))
}
