// English travels with the program, the other languages are fetched when chosen. Every language has two catalogues: what the first sight needs, and the words of lazily loaded pages.
import i18next from 'i18next'
import en from './en.json'
import type enPages from './en.pages.json'
import { addDoctorWords } from './machine'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en & typeof enPages }
    returnNull: false
  }
}

/** `locale` is the form that dates and the component library want, `whatsapp` the provider's code for texts in the language. */
export const languages = [
  { code: 'en', name: 'English', direction: 'ltr', locale: 'en-US', whatsapp: 'en' },
  { code: 'ar', name: 'العربية', direction: 'rtl', locale: 'ar-AE', whatsapp: 'ar' },
  { code: 'es', name: 'Español', direction: 'ltr', locale: 'es-ES', whatsapp: 'es' },
  { code: 'fr', name: 'Français', direction: 'ltr', locale: 'fr-FR', whatsapp: 'fr' },
  { code: 'pt', name: 'Português', direction: 'ltr', locale: 'pt-BR', whatsapp: 'pt_BR' },
  { code: 'ru', name: 'Русский', direction: 'ltr', locale: 'ru-RU', whatsapp: 'ru' },
  { code: 'zh-Hans', name: '简体中文', direction: 'ltr', locale: 'zh-CN', whatsapp: 'zh_CN' },
  { code: 'zh-Hant', name: '繁體中文', direction: 'ltr', locale: 'zh-TW', whatsapp: 'zh_TW' },
] as const

export type Language = (typeof languages)[number]['code']

type Catalogue = { default: object }
type Doctor = { default: Record<string, string[]> }

interface Loader {
  /** What the first sight needs; English has it in the program. */
  first?: () => Promise<Catalogue>
  pages: () => Promise<Catalogue>
  /** The findings' words; English has them in the program. */
  doctor?: () => Promise<Doctor>
}

const loaders: Record<Language, Loader> = {
  en: { pages: () => import('./en.pages.json') },
  ar: { first: () => import('./ar.json'), pages: () => import('./ar.pages.json'), doctor: () => import('./doctor.ar.json') },
  es: { first: () => import('./es.json'), pages: () => import('./es.pages.json'), doctor: () => import('./doctor.es.json') },
  fr: { first: () => import('./fr.json'), pages: () => import('./fr.pages.json'), doctor: () => import('./doctor.fr.json') },
  pt: { first: () => import('./pt.json'), pages: () => import('./pt.pages.json'), doctor: () => import('./doctor.pt.json') },
  ru: { first: () => import('./ru.json'), pages: () => import('./ru.pages.json'), doctor: () => import('./doctor.ru.json') },
  'zh-Hans': { first: () => import('./zh-Hans.json'), pages: () => import('./zh-Hans.pages.json'), doctor: () => import('./doctor.zh-Hans.json') },
  'zh-Hant': { first: () => import('./zh-Hant.json'), pages: () => import('./zh-Hant.pages.json'), doctor: () => import('./doctor.zh-Hant.json') },
}

/** Languages whose first catalogue, and whose pages' catalogue, are there. */
const first = new Set<Language>(['en'])
const complete = new Set<Language>()

/** Whether a page has asked for its words: from then on a change of language brings them as well. */
let pagesWanted = false

/** The nearest language we speak; regional forms (ar-EG, pt-PT) fall back to their base, Chinese to the script its region writes. */
export function nearest(locale: string | undefined): Language {
  const [base, ...rest] = (locale ?? 'en').toLowerCase().split(/[-_]/)
  if (base === 'zh') return !rest.includes('hans') && rest.some((part) => traditional.has(part)) ? 'zh-Hant' : 'zh-Hans'
  return languages.find((language) => language.code === base)?.code ?? 'en'
}

/** Scripts and regions of Chinese in traditional characters; public/boot.js has them for the first paint. */
const traditional = new Set(['hant', 'tw', 'hk', 'mo'])

/** Everything about the language nearest to a locale. */
export function languageOf(locale: string | undefined): (typeof languages)[number] {
  const code = nearest(locale)
  return languages.find((language) => language.code === code) ?? languages[0]
}

export async function startI18n(locale: string): Promise<void> {
  await i18next.init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await setLanguage(nearest(locale))
}

async function loadFirst(language: Language): Promise<void> {
  if (first.has(language)) return
  const catalogue = await loaders[language].first?.()
  if (catalogue) i18next.addResourceBundle(language, 'translation', catalogue.default, true, true)
  first.add(language)
}

async function loadPages(language: Language): Promise<void> {
  if (complete.has(language)) return
  const { pages, doctor } = loaders[language]
  const [catalogue, findings] = await Promise.all([pages(), doctor?.()])
  if (findings) addDoctorWords(language, findings.default)
  i18next.addResourceBundle(language, 'translation', catalogue.default, true, true)
  complete.add(language)
}

/** The words of lazily loaded pages in the language on screen; whatever loads such a page waits for them. */
export async function pageWords(): Promise<void> {
  pagesWanted = true
  await loadPages(nearest(i18next.language))
}

/** Switches texts, direction and the document's language together; the catalogues are there before anything changes. */
export async function setLanguage(language: Language): Promise<void> {
  await Promise.all([loadFirst(language), pagesWanted ? loadPages(language) : undefined])
  // A page may have been opened while the texts were on their way.
  if (pagesWanted) await loadPages(language)
  await i18next.changeLanguage(language)
  const root = document.documentElement
  root.lang = language
  root.dir = languageOf(language).direction
}
