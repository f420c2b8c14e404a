// A code to sign in with is the customer's alone: here all but its end is hidden.
import type { SendComponent } from '@/api/types'

const isPart = (component: SendComponent, type: string) => component.type.toLowerCase() === type

/** What stands alone in the words: in a code message, the code. Null where more or nothing was filled in. */
export function onlyWord(components: readonly SendComponent[] | null | undefined): string | null {
  const words = components?.find((one) => isPart(one, 'body'))?.parameters ?? []
  const word = words.length === 1 ? words[0]?.text : null
  return typeof word === 'string' && word.trim() ? word : null
}

/** The code of what looks like a code message: WhatsApp wants it twice, in the words and in the button. Null for what does not. */
export function codeOf(components: readonly SendComponent[] | null | undefined): string | null {
  const code = onlyWord(components)
  if (code === null || !/^\S{4,15}$/.test(code)) return null
  const again = components?.some((one) => isPart(one, 'button') && one.parameters?.some((given) => given.text === code || given.coupon_code === code))
  return again ? code : null
}

/** A text in which only the last two characters of the code are left. */
export function masked(words: string, code: string | null): string {
  return code ? words.replaceAll(code, '•'.repeat(Math.max(0, code.length - 2)) + code.slice(-2)) : words
}
