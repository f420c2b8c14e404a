// What the plus menu offers. On its own, so that the menu is there at once and the forms come when they are wanted.
export const kinds = ['button', 'list', 'cta_url', 'location_request_message', 'request_contact_info', 'location', 'contacts', 'product', 'carousel', 'flow', 'address_message', 'product_list', 'catalog_message'] as const
export type Kind = (typeof kinds)[number]

/** How a channel names the kind when its provider does not carry it. */
const wordOf = (kind: Kind): string => (kind === 'location' || kind === 'contacts' ? kind : `interactive/${kind}`)

/** What is left when a provider lacks these. */
export const offered = (lacking: readonly string[]): Kind[] => kinds.filter((kind) => !lacking.includes(wordOf(kind)))
