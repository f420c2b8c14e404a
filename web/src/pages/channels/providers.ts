import type { Channel } from '@/api/types'

/** Whoever may carry a number. */
export const providers = ['meta', 'dialog360', 'twilio', 'bird', 'gateway'] as const
export type Provider = (typeof providers)[number]

/** Every field that some provider asks for. */
export type ProviderField =
  | 'phone_number_id' | 'waba_id' | 'access_token' | 'app_secret' | 'api_key' | 'webhook_secret' | 'account_sid' | 'auth_token'
  | 'phone_number' | 'workspace_id' | 'bird_channel_id' | 'access_key' | 'signing_key' | 'shared_secret' | 'base_url'

/** What each provider asks for, in the order of its own console. */
export const fieldsOf: Record<Provider, readonly ProviderField[]> = {
  meta: ['phone_number_id', 'waba_id', 'access_token', 'app_secret'],
  dialog360: ['phone_number_id', 'waba_id', 'api_key'],
  twilio: ['phone_number', 'account_sid', 'auth_token'],
  bird: ['workspace_id', 'bird_channel_id', 'access_key', 'signing_key'],
  gateway: ['phone_number', 'base_url', 'access_token'],
}

/** Fields that may stay empty. */
export const optional: Record<Provider, readonly ProviderField[]> = { meta: [], dialog360: [], twilio: [], bird: [], gateway: ['access_token'] }

/** What is typed blind. */
export const secret: ReadonlySet<ProviderField> = new Set(['access_token', 'app_secret', 'api_key', 'auth_token', 'access_key', 'signing_key'])

/** The secret that is made here and entered at the provider. */
export const made: Record<Provider, 'verify_token' | 'webhook_secret' | 'shared_secret' | null> = {
  meta: 'verify_token', dialog360: 'webhook_secret', twilio: null, bird: null, gateway: 'shared_secret',
}

/** What signs deliveries, as each provider calls it; at Twilio it is the auth token itself. */
export const signing: Record<Provider, 'app_secret' | 'webhook_secret' | 'signing_key' | 'shared_secret' | null> = {
  meta: 'app_secret', dialog360: 'webhook_secret', twilio: null, bird: 'signing_key', gateway: 'shared_secret',
}

/** A secret nobody guesses; the provider repeats it to us. */
export function newSecret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Whether a channel's provider offers this. */
export function offers(channel: Channel, feature: string): boolean {
  return !channel.not_offered.includes(feature)
}

/** The provider's word, as far as it is one of ours. */
export function providerOf(channel: Channel): Provider {
  return providers.find((word) => word === channel.provider) ?? 'meta'
}
