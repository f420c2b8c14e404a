// Browser parts that happy-dom lacks; tests speak English.
import { startI18n } from '@/i18n'

await startI18n('en')
