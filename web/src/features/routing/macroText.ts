// A macro's actions in a few words.
import type { TFunction } from 'i18next'
import type { MacroAction } from './api'

/** Every kind of action, in the order of the menu. */
export const actionKinds = ['assign_me', 'assign', 'team', 'status', 'snooze', 'priority', 'add_tags', 'remove_tags', 'send_text', 'send_template', 'note'] as const satisfies readonly MacroAction['type'][]

export function macroText(actions: readonly MacroAction[], t: TFunction): string {
  return actions.map((action) => t(`macro.kind.${action.type}`)).join(t('common.list_separator'))
}

/** A new action of a kind, as empty as it can be. */
export function emptyAction(kind: MacroAction['type']): MacroAction {
  switch (kind) {
    case 'assign':
      return { type: kind, user_id: null }
    case 'team':
      return { type: kind, team_id: null }
    case 'status':
      return { type: kind, status: 'resolved' }
    case 'snooze':
      return { type: kind, until: 'tomorrow' }
    case 'priority':
      return { type: kind, priority: 'high' }
    case 'add_tags':
    case 'remove_tags':
      return { type: kind, tag_ids: [] }
    case 'send_template':
      return { type: kind, name: '', language: '' }
    case 'send_text':
    case 'note':
      return { type: kind, body: '' }
    default:
      return { type: 'assign_me' }
  }
}
