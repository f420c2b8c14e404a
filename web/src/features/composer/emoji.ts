// A small set that covers what support teams really use; the system's own picker has the rest.
export const emojiGroups = [
  { name: 'faces', emoji: ['😀', '😄', '😊', '🙂', '😉', '😍', '🤗', '🤔', '😅', '😂', '😢', '😔', '😮', '😴', '🤝', '🥳'] },
  { name: 'hands', emoji: ['👍', '👎', '👌', '🙏', '👏', '🙌', '💪', '👋', '✌️', '🤞', '❤️', '💚', '💙', '🧡', '🌹', '💯'] },
  { name: 'shop', emoji: ['📦', '🚚', '🛒', '🛍️', '💳', '💰', '🏷️', '🎁', '🏬', '📍', '🕒', '📅', '☎️', '✉️', '📎', '🔗'] },
  { name: 'signs', emoji: ['✅', '❌', '⚠️', 'ℹ️', '❓', '❗', '⭐', '🎉', '🔥', '✨', '🆕', '🔔', '⏳', '🔄', '➡️', '⬅️'] },
] as const
