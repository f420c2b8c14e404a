// What the server finds wrong with a draft while it is written, in the reader's words.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import type { TemplateProblem } from '@/api/types'
import { byField, toComponents, type Draft, type Place } from './draft'

/** After this pause in typing the draft is checked. */
const pause = 350

/** What is wrong with a field nobody has come to yet: said when the person wants to submit. */
const empty = new Set(['required', 'example_missing', 'sample_missing', 'flow_missing', 'code_apps', 'code_terms'])

/** The body of a check and of a submission, but for the channel. */
export function request(draft: Draft): { name: string; language: string; category: string; parameter_format: string; components: object[]; message_send_ttl_seconds?: number } {
  const ttl = draft.ttl.trim() ? { message_send_ttl_seconds: Number(draft.ttl) } : {}
  return { name: draft.name, language: draft.language, category: draft.category, parameter_format: draft.format, components: toComponents(draft).components, ...ttl }
}

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), pause)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function known(key: string): string | null {
  const text: unknown = i18next.exists(key) ? i18next.t(key as never) : null
  return typeof text === 'string' ? text : null
}

/** One problem as a sentence; a rule that only a newer server knows is told in its own words. */
export function problemText({ code, limit, actual, value, detail }: TemplateProblem): string {
  const word = known(`template_part.${value ?? ''}`) ?? `\u2068${value ?? ''}\u2069`
  const key = `template_problem.${code}`
  return i18next.exists(key) ? String(i18next.t(key as never, { limit: limit ?? 0, actual: actual ?? 0, value: word } as never)) : detail
}

export interface Problems {
  /** The sentence for a field, or null. */
  at: (field: string) => string | null
  /** Whether the field is only not filled in yet. */
  isEmptyField: (field: string) => boolean
  all: readonly TemplateProblem[]
  /** Whether the draft as it stands was checked and is good. */
  clean: boolean
  places: readonly Place[]
}

/** Checks the draft as it is written, against WhatsApp's rules and what the channel's provider can take. */
export function useProblems(draft: Draft, channel: string): Problems {
  useTranslation()
  const settled = useSettled(draft)
  const body = { ...request(settled), ...(channel ? { channel_id: channel } : {}) }
  const query = useQuery({
    queryKey: ['template-check', body],
    queryFn: () => post<{ problems: TemplateProblem[] }>('/templates/check', body),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
  })
  const { places } = toComponents(settled)
  const all = query.data?.problems ?? []
  const found = byField(all, places, settled.carousel)
  return {
    at: (field) => {
      // A text may break several rules; two sentences are as many as one takes in.
      const broken = found.get(field)
      return broken ? broken.slice(0, 2).map(problemText).join(' ') : null
    },
    isEmptyField: (field) => empty.has(found.get(field)?.[0]?.code ?? ''),
    all,
    clean: settled === draft && query.isSuccess && !query.isPlaceholderData && all.length === 0,
    places,
  }
}
