import type { QueryClient } from '@tanstack/react-query'
import { keys } from '@/api/keys'

/** Every cost on screen follows the card. */
export function costsChanged(client: QueryClient): void {
  for (const queryKey of [keys.costs, keys.conversations, keys.doctor, ['messages'], ['contacts']]) void client.invalidateQueries({ queryKey })
}
