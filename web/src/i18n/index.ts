// Two catalogues so far. English travels with the program, the others are fetched when chosen.
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import en from './en.json'
import { addDoctorWords } from './machine'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
    returnNull: false
  }
}

export const languages = [
  { code: 'en', name: 'English', direction: 'ltr' },
  { code: 'ar', name: 'العربية', direction: 'rtl' },
] as const

export type Language = (typeof languages)[number]['code']

const loaders: Record<Exclude<Language, 'en'>, () => Promise<[{ default: object }, { default: Record<string, string[]> }]>> = {
  ar: () => Promise.all([import('./ar.json'), import('./doctor.ar.json')]),
}

/** The nearest language we speak; regional forms (ar-EG) fall back to their base. */
export function nearest(locale: string | undefined): Language {
  const base = (locale ?? 'en').toLowerCase().split('-')[0]
  return languages.find((language) => language.code === base)?.code ?? 'en'
}

export async function startI18n(locale: string): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  await setLanguage(nearest(locale))
}

/** Switches texts, direction and the document's language together; the catalogue is there before anything changes. */
export async function setLanguage(language: Language): Promise<void> {
  if (language !== 'en' && !i18next.hasResourceBundle(language, 'translation')) {
    const [catalogue, doctor] = await loaders[language]()
    addDoctorWords(language, doctor.default)
    i18next.addResourceBundle(language, 'translation', catalogue.default)
  }
  await i18next.changeLanguage(language)
  const root = document.documentElement
  root.lang = language
  root.dir = languages.find((entry) => entry.code === language)?.direction ?? 'ltr'
}
