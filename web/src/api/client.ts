// The one door to the server: same origin, session cookie, CSRF header on writes, problem+json turned into ApiError.

/** One value of a message that the provider would not take: a stable code, the field, and the limit in the code's terms. */
export interface LimitProblem {
  code: string
  field: string
  limit: string
  actual: string
}

/** An answer of the server that is not success; `code` is stable and decides, `detail` is for people. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly field: string | null
  /** The guard's sentence, when its judgement is the reason. */
  readonly summaryKey: string | null
  /** The provider's code, when the provider refused. */
  readonly providerCode: number | null
  /** Everything the provider would not take, when that is the reason. */
  readonly problems: readonly LimitProblem[]
  /** What the provider gave as its reason, in its own words. */
  readonly reason: string | null

  constructor(status: number, code: string, detail: string, field: string | null, summaryKey: string | null = null, providerCode: number | null = null, problems: readonly LimitProblem[] = [], reason: string | null = null) {
    super(detail || code)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.detail = detail
    this.field = field
    this.summaryKey = summaryKey
    this.problems = problems
    this.providerCode = providerCode
    this.reason = reason
  }
}

/** The server was not reached at all, so nothing is known about the request's effect. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super('network', { cause })
    this.name = 'NetworkError'
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

interface Options {
  query?: Query
  body?: unknown
  form?: FormData
  idempotencyKey?: string
  signal?: AbortSignal
}

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

const base = '/api/v1'

function address(path: string, query?: Query): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value))
  }
  const text = search.toString()
  return `${base}${path}${text ? `?${text}` : ''}`
}

async function problem(response: Response): Promise<ApiError> {
  try {
    const body = (await response.json()) as { code?: string; detail?: string; title?: string; field?: string; verdict?: { summary_key?: string }; provider_code?: number; problems?: LimitProblem[]; reason?: string }
    return new ApiError(response.status, body.code ?? 'error', body.detail ?? body.title ?? '', body.field ?? null, body.verdict?.summary_key ?? null, body.provider_code ?? null, body.problems, body.reason ?? null)
  } catch {
    // A proxy in front of us may answer with a page of its own.
    return new ApiError(response.status, 'error', '', null)
  }
}

/** Performs one call; throws ApiError or NetworkError. An empty answer (204) gives undefined. */
export async function call<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const headers = new Headers({ Accept: 'application/json' })
  if (method !== 'GET') headers.set('X-Rapport-Csrf', '1')
  if (options.body !== undefined) headers.set('Content-Type', 'application/json')
  if (options.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey)
  let response: Response
  try {
    response = await fetch(address(path, options.query), {
      method,
      headers,
      credentials: 'same-origin',
      body: options.form ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
      signal: options.signal,
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new NetworkError(error)
  }
  if (!response.ok) throw await problem(response)
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text ? JSON.parse(text) : undefined) as T
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal) => call<T>('GET', path, { query, signal })
export const post = <T>(path: string, body?: unknown, idempotencyKey?: string) => call<T>('POST', path, { body, idempotencyKey })
export const patch = <T>(path: string, body: unknown) => call<T>('PATCH', path, { body })
export const put = <T>(path: string, body: unknown) => call<T>('PUT', path, { body })
export const remove = <T = void>(path: string) => call<T>('DELETE', path)
export const upload = <T>(path: string, form: FormData, query?: Query) => call<T>('POST', path, { form, query })
