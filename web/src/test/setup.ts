// Browser parts that happy-dom lacks; tests speak English.
import { pageWords, startI18n } from '@/i18n'

await startI18n('en')
await pageWords()
