import type { Role } from '@/api/types'

/** Roles, from the most to the least powerful. */
export const roles = ['owner', 'admin', 'supervisor', 'agent', 'viewer'] as const satisfies readonly Role[]
