// The provider's limits as they are shown while typing. The server judges (`core::message::check`); these figures only spare a round trip.
export const limits = {
  text: 4096,
  body: 1024,
  listBody: 4096,
  header: 60,
  footer: 60,
  buttons: 3,
  buttonTitle: 20,
  rows: 10,
  sections: 10,
  sectionTitle: 24,
  rowTitle: 24,
  rowDescription: 72,
  products: 30,
  flowButton: 30,
  cardsLeast: 2,
  cards: 10,
  cardBody: 160,
  place: 1000,
  link: 2000,
} as const

const MB = 1024 * 1024

/** Largest file of a kind, in bytes. */
export const fileLimits = { image: 5 * MB, video: 16 * MB, audio: 16 * MB, voice: 16 * MB, document: 100 * MB, sticker: 500 * 1024 } as const
