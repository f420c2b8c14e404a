// What the plus menu offers. On its own, so that the menu is there at once and the forms come when they are wanted.
export const kinds = ['button', 'list', 'cta_url', 'location_request_message', 'request_contact_info', 'location', 'contacts', 'product', 'carousel', 'flow', 'address_message', 'product_list', 'catalog_message'] as const
export type Kind = (typeof kinds)[number]
