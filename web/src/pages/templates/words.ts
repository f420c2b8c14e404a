// Words for a template's state: what colour and name it has, and what its owner should do.
import { useTranslation } from '@/i18n/useTranslation'
import i18next from 'i18next'
import type { Template } from '@/api/types'
import { categories } from '@/features/template/draft'
import { isolated } from '@/i18n/direction'
import type { Tone } from '@/ui/Pill'

const tones: Record<string, Tone | undefined> = { APPROVED: 'positive', PENDING: 'caution', IN_APPEAL: 'caution', PAUSED: 'caution', REJECTED: 'danger', DISABLED: 'danger' }
export const statuses = ['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'IN_APPEAL', 'PENDING_DELETION', 'ARCHIVED'] as const
/** Statuses in which WhatsApp lets a template be edited. The server decides; this only hides what it would refuse. */
const editable = new Set(['APPROVED', 'REJECTED', 'PAUSED'])

export function mayEdit(template: Template): boolean {
  return editable.has(template.status.toUpperCase())
}

/** Whether it cannot be sent as it should, or soon may not. */
export function isDegraded({ status, quality }: Template): boolean {
  return ['PAUSED', 'DISABLED', 'REJECTED', 'FLAGGED', 'ARCHIVED'].includes(status.toUpperCase()) || quality === 'RED' || quality === 'YELLOW'
}

function known(key: string): string | null {
  return i18next.exists(key) ? String(i18next.t(key as never)) : null
}

export interface StateWords {
  status: (template: Template) => { tone: Tone; text: string }
  quality: (template: Template) => { tone: Tone; text: string } | null
  reason: (template: Template) => string | null
  category: (template: Template) => string
  /** How much it is used: what its owner must know when it is in trouble. */
  uses: (template: Template) => string
  /** By what, in one line. */
  usedBy: (template: Template) => string
}

export function useStateWords(): StateWords {
  const { t, i18n } = useTranslation()
  const list = new Intl.ListFormat(i18n.language)
  return {
    status: ({ status }) => {
      const name = statuses.find((one) => one === status.toUpperCase())
      return { tone: tones[status.toUpperCase()] ?? 'neutral', text: name ? t(`template.status.${name}`) : status.toLowerCase() }
    },
    quality: ({ quality }) => {
      if (quality === 'GREEN') return { tone: 'positive', text: t('templates.quality.GREEN') }
      if (quality === 'YELLOW') return { tone: 'caution', text: t('templates.quality.YELLOW') }
      if (quality === 'RED') return { tone: 'danger', text: t('templates.quality.RED') }
      return null
    },
    category: ({ category }) => {
      const name = categories.find((one) => one === category)
      return name ? t(`templates.category_of.${name}`) : category.toLowerCase()
    },
    uses: ({ uses }) => {
      const made = t('templates.used', { count: uses.last_30_days })
      return uses.waiting > 0 ? `${made} · ${t('templates.waiting', { count: uses.waiting })}` : made
    },
    usedBy: ({ used_by: users }) => t('templates.used_by_names', { names: list.format(users.map((user) => isolated(user.name || t(`templates.user_of.${user.kind}`)))) }),
    reason: ({ rejected_reason: reason }) => (reason ? (known(`template_reason.${reason}`) ?? reason) : null),
  }
}
