/** Opens a chat with a number, with a text already written; null while the number is not known. */
export function waLink(phone: string, text: string): string | null {
  const digits = phone.replace(/\D/g, '')
  if (digits.length < 6) return null
  return `https://wa.me/${digits}${text.trim() ? `?text=${encodeURIComponent(text.trim())}` : ''}`
}
