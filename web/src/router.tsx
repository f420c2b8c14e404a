import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Navigate, Outlet, redirect } from '@tanstack/react-router'
import { ApiError } from '@/api/client'
import { conversationListQuery, countsQuery, meQuery, prefetchConversation } from '@/api/queries'
import { Frame } from '@/features/frame/Frame'
import { readSearch, toFilter } from '@/features/inbox/filter'
import { pageWords } from '@/i18n'
import { InboxPage } from '@/pages/inbox/InboxPage'
import { BrokenPage } from '@/pages/BrokenPage'
import { NotFoundPage } from '@/pages/NotFoundPage'
import { readAddress } from '@/pages/search/filter'

interface Context {
  client: QueryClient
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : undefined)
const query = (raw: Record<string, unknown>): { q?: string } => ({ q: text(raw.q) || undefined })

const root = createRootRouteWithContext<Context>()({ component: Outlet, errorComponent: BrokenPage, notFoundComponent: NotFoundPage })

/** A page in a chunk of its own; its words come beside it. */
const page: typeof lazyRouteComponent = (load, name) =>
  lazyRouteComponent(() => Promise.all([load(), pageWords()]).then(([module]) => module), name)

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
const templateStart = (raw: Record<string, unknown>): { from?: string; channel?: string; copy?: boolean } => ({ from: text(raw.from) || undefined, channel: text(raw.channel) || undefined, copy: raw.copy === true || undefined })
const templates = createRoute({ getParentRoute: () => app, path: '/templates', validateSearch: templateSearch, component: page(() => import('@/pages/templates/TemplatesPage'), 'TemplatesPage') })
const newTemplate = createRoute({ getParentRoute: () => app, path: '/templates/new', validateSearch: templateStart, component: page(() => import('@/pages/templates/NewTemplatePage'), 'NewTemplatePage') })
const library = createRoute({ getParentRoute: () => app, path: '/templates/library', validateSearch: (raw: Record<string, unknown>): { channel?: string } => ({ channel: text(raw.channel) || undefined }), component: page(() => import('@/pages/templates/LibraryPage'), 'LibraryPage') })
const template = createRoute({ getParentRoute: () => app, path: '/templates/$templateId', component: page(() => import('@/pages/templates/TemplatePage'), 'TemplatePage') })
const editTemplate = createRoute({ getParentRoute: () => app, path: '/templates/$templateId/edit', component: page(() => import('@/pages/templates/EditTemplatePage'), 'EditTemplatePage') })
const search = createRoute({ getParentRoute: () => app, path: '/search', validateSearch: readAddress, component: page(() => import('@/pages/search/SearchPage'), 'SearchPage') })
const contactSearch = (raw: Record<string, unknown>): { q?: string; tag?: string } => ({ q: text(raw.q) || undefined, tag: text(raw.tag) || undefined })
const contacts = createRoute({ getParentRoute: () => app, path: '/contacts', validateSearch: contactSearch, component: page(() => import('@/pages/contacts/ContactsPage'), 'ContactsPage') })
const duplicates = createRoute({ getParentRoute: () => app, path: '/contacts/duplicates', component: page(() => import('@/pages/contacts/DuplicatesPage'), 'DuplicatesPage') })
const contact = createRoute({ getParentRoute: () => app, path: '/contacts/$contactId', component: page(() => import('@/pages/contacts/ContactPage'), 'ContactPage') })
const channels = createRoute({ getParentRoute: () => app, path: '/channels', component: page(() => import('@/pages/channels/ChannelsPage'), 'ChannelsPage') })
const channel = createRoute({ getParentRoute: () => app, path: '/channels/$channelId', component: page(() => import('@/pages/channels/ChannelPage'), 'ChannelPage') })
const connections = createRoute({ getParentRoute: () => app, path: '/connections', component: page(() => import('@/pages/connections/ConnectionsPage'), 'ConnectionsPage') })
const connection = createRoute({ getParentRoute: () => app, path: '/connections/$connectionId', component: page(() => import('@/pages/connections/ConnectionPage'), 'ConnectionPage') })
const description = createRoute({ getParentRoute: () => app, path: '/connections/$connectionId/description', component: page(() => import('@/pages/connections/DescriptionPage'), 'DescriptionPage') })
const conflicts = createRoute({ getParentRoute: () => app, path: '/connections/conflicts', component: page(() => import('@/pages/conflicts/ConflictsPage'), 'ConflictsPage') })
const webhooks = createRoute({ getParentRoute: () => app, path: '/connections/webhooks', component: page(() => import('@/pages/webhooks/WebhooksPage'), 'WebhooksPage') })
const webhook = createRoute({ getParentRoute: () => app, path: '/connections/webhooks/$webhookId', component: page(() => import('@/pages/webhooks/WebhookPage'), 'WebhookPage') })
const campaigns = createRoute({ getParentRoute: () => app, path: '/campaigns', component: page(() => import('@/pages/campaigns/CampaignsPage'), 'CampaignsPage') })
const newCampaign = createRoute({ getParentRoute: () => app, path: '/campaigns/new', component: page(() => import('@/pages/campaigns/NewCampaignPage'), 'NewCampaignPage') })
const campaign = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$campaignId',
  validateSearch: (raw: Record<string, unknown>): { at?: number } => ({ at: typeof raw.at === 'number' ? raw.at : undefined }),
  component: page(() => import('@/pages/campaigns/CampaignPage'), 'CampaignPage'),
})
const automation = createRoute({ getParentRoute: () => app, path: '/rules', component: page(() => import('@/pages/automation/AutomationPage'), 'AutomationPage') })
const hotWords = createRoute({ getParentRoute: () => app, path: '/rules/hot-words', validateSearch: query, component: page(() => import('@/pages/understanding/HotWordsPage'), 'HotWordsPage') })
const labelling = createRoute({ getParentRoute: () => app, path: '/rules/labelling', component: page(() => import('@/pages/understanding/LabellingPage'), 'LabellingPage') })
const automationRule = createRoute({ getParentRoute: () => app, path: '/rules/$ruleId', component: page(() => import('@/pages/automation/RulePage'), 'RulePage') })
const team = createRoute({ getParentRoute: () => app, path: '/team', component: page(() => import('@/pages/team/TeamPage'), 'TeamPage') })
const rules = createRoute({ getParentRoute: () => app, path: '/settings/guard', component: page(() => import('@/pages/rules/RulesPage'), 'RulesPage') })
const quickReplies = createRoute({ getParentRoute: () => app, path: '/settings/quick-replies', validateSearch: query, component: page(() => import('@/pages/quick-replies/QuickRepliesPage'), 'QuickRepliesPage') })
const tags = createRoute({ getParentRoute: () => app, path: '/settings/tags', component: page(() => import('@/pages/tags/TagsPage'), 'TagsPage') })
const routing = createRoute({ getParentRoute: () => app, path: '/settings/routing', component: page(() => import('@/pages/routing/RoutingPage'), 'RoutingPage') })
const closing = createRoute({ getParentRoute: () => app, path: '/settings/closing', component: page(() => import('@/pages/routing/ClosingPage'), 'ClosingPage') })
const macros = createRoute({ getParentRoute: () => app, path: '/settings/macros', component: page(() => import('@/pages/routing/MacrosPage'), 'MacrosPage') })
const account = createRoute({ getParentRoute: () => app, path: '/account', component: page(() => import('@/pages/account/AccountPage'), 'AccountPage') })
const guide = createRoute({ getParentRoute: () => app, path: '/guide', component: page(() => import('@/pages/guide/GuidePage'), 'GuidePage') })
const practice = createRoute({ getParentRoute: () => app, path: '/practice', component: page(() => import('@/pages/practice/PracticePage'), 'PracticePage') })
const shop = createRoute({ getParentRoute: () => app, path: '/shop', component: page(() => import('@/pages/shop/ShopPage'), 'ShopPage') })
const costs = createRoute({ getParentRoute: () => app, path: '/costs', component: page(() => import('@/pages/costs/CostsPage'), 'CostsPage') })
const health = createRoute({ getParentRoute: () => app, path: '/health', component: page(() => import('@/pages/health/HealthPage'), 'HealthPage') })

const tree = root.addChildren([
  signIn,
  app.addChildren([home, inbox.addChildren([conversation]), search, contacts, duplicates, contact, channels, channel, templates, newTemplate, library, template, editTemplate, connections, connection, description, conflicts, webhooks, webhook, campaigns, newCampaign, campaign, automation, hotWords, labelling, automationRule, team, account, rules, quickReplies, tags, routing, closing, macros, shop, costs, health, guide, practice]),
])

export function makeRouter(client: QueryClient) {
  return createRouter({ routeTree: tree, context: { client }, defaultPreloadStaleTime: 0, defaultErrorComponent: BrokenPage, scrollRestoration: false })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
