import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Navigate, Outlet, redirect } from '@tanstack/react-router'
import { ApiError } from '@/api/client'
import { conversationListQuery, countsQuery, meQuery, prefetchConversation } from '@/api/queries'
import { Frame } from '@/features/frame/Frame'
import { readSearch, toFilter } from '@/features/inbox/filter'
import { InboxPage } from '@/pages/inbox/InboxPage'
import { BrokenPage } from '@/pages/BrokenPage'
import { NotFoundPage } from '@/pages/NotFoundPage'

interface Context {
  client: QueryClient
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined)
const query = (raw: Record<string, unknown>): { q?: string } => ({ q: text(raw.q) || undefined })

const root = createRootRouteWithContext<Context>()({ component: Outlet, errorComponent: BrokenPage, notFoundComponent: NotFoundPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (raw: Record<string, unknown>): { to?: string } => ({ to: text(raw.to) }),
  component: lazyRouteComponent(() => import('@/pages/sign-in/SignInPage'), 'SignInPage'),
})

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(meQuery)
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect({ to: '/sign-in', search: { to: location.href === '/' ? undefined : location.href } })
      throw error
    }
  },
})

const home = createRoute({ getParentRoute: () => app, path: '/', component: () => <Navigate to="/inbox" replace /> })

const inbox = createRoute({
  getParentRoute: () => app,
  path: '/inbox',
  validateSearch: readSearch,
  loaderDeps: ({ search }) => toFilter(search),
  // Begun while the code is still being drawn; nothing waits for it.
  loader: ({ context, deps }) => {
    void context.client.prefetchInfiniteQuery(conversationListQuery(deps))
    void context.client.prefetchQuery(countsQuery)
  },
  component: InboxPage,
})

const conversation = createRoute({
  getParentRoute: () => inbox,
  path: '$conversationId',
  loader: ({ context, params }) => prefetchConversation(context.client, params.conversationId),
})

const templateSearch = (raw: Record<string, unknown>): { q?: string; state?: string; channel?: string } => ({ q: text(raw.q) || undefined, state: text(raw.state) || undefined, channel: text(raw.channel) || undefined })
const templateStart = (raw: Record<string, unknown>): { from?: string; channel?: string } => ({ from: text(raw.from) || undefined, channel: text(raw.channel) || undefined })
const templates = createRoute({ getParentRoute: () => app, path: '/templates', validateSearch: templateSearch, component: lazyRouteComponent(() => import('@/pages/templates/TemplatesPage'), 'TemplatesPage') })
const newTemplate = createRoute({ getParentRoute: () => app, path: '/templates/new', validateSearch: templateStart, component: lazyRouteComponent(() => import('@/pages/templates/NewTemplatePage'), 'NewTemplatePage') })
const library = createRoute({ getParentRoute: () => app, path: '/templates/library', validateSearch: (raw: Record<string, unknown>): { channel?: string } => ({ channel: text(raw.channel) || undefined }), component: lazyRouteComponent(() => import('@/pages/templates/LibraryPage'), 'LibraryPage') })
const template = createRoute({ getParentRoute: () => app, path: '/templates/$templateId', component: lazyRouteComponent(() => import('@/pages/templates/TemplatePage'), 'TemplatePage') })
const editTemplate = createRoute({ getParentRoute: () => app, path: '/templates/$templateId/edit', component: lazyRouteComponent(() => import('@/pages/templates/EditTemplatePage'), 'EditTemplatePage') })
const search = createRoute({ getParentRoute: () => app, path: '/search', validateSearch: query, component: lazyRouteComponent(() => import('@/pages/search/SearchPage'), 'SearchPage') })
const contacts = createRoute({ getParentRoute: () => app, path: '/contacts', validateSearch: query, component: lazyRouteComponent(() => import('@/pages/contacts/ContactsPage'), 'ContactsPage') })
const contact = createRoute({ getParentRoute: () => app, path: '/contacts/$contactId', component: lazyRouteComponent(() => import('@/pages/contacts/ContactPage'), 'ContactPage') })
const channels = createRoute({ getParentRoute: () => app, path: '/channels', component: lazyRouteComponent(() => import('@/pages/channels/ChannelsPage'), 'ChannelsPage') })
const channel = createRoute({ getParentRoute: () => app, path: '/channels/$channelId', component: lazyRouteComponent(() => import('@/pages/channels/ChannelPage'), 'ChannelPage') })
const connections = createRoute({ getParentRoute: () => app, path: '/connections', component: lazyRouteComponent(() => import('@/pages/connections/ConnectionsPage'), 'ConnectionsPage') })
const connection = createRoute({ getParentRoute: () => app, path: '/connections/$connectionId', component: lazyRouteComponent(() => import('@/pages/connections/ConnectionPage'), 'ConnectionPage') })
const team = createRoute({ getParentRoute: () => app, path: '/team', component: lazyRouteComponent(() => import('@/pages/team/TeamPage'), 'TeamPage') })
const rules = createRoute({ getParentRoute: () => app, path: '/settings/guard', component: lazyRouteComponent(() => import('@/pages/rules/RulesPage'), 'RulesPage') })
const account = createRoute({ getParentRoute: () => app, path: '/account', component: lazyRouteComponent(() => import('@/pages/account/AccountPage'), 'AccountPage') })
const costs = createRoute({ getParentRoute: () => app, path: '/costs', component: lazyRouteComponent(() => import('@/pages/costs/CostsPage'), 'CostsPage') })
const health = createRoute({ getParentRoute: () => app, path: '/health', component: lazyRouteComponent(() => import('@/pages/health/HealthPage'), 'HealthPage') })

const tree = root.addChildren([
  signIn,
  app.addChildren([home, inbox.addChildren([conversation]), search, contacts, contact, channels, channel, templates, newTemplate, library, template, editTemplate, connections, connection, team, account, rules, costs, health]),
])

export function makeRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreloadStaleTime: 0, defaultErrorComponent: BrokenPage, scrollRestoration: false })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
