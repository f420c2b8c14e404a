import { useTranslation } from '@/i18n/useTranslation'
import { codeKinds } from '@/features/template/draft'
import { Field } from '@/ui/Field'
import { Section } from '@/ui/Section'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'
import type { PartProps } from './TemplateEditor'

/** Authentication: the words are WhatsApp's, what is chosen is how the code gets into the app. */
export function CodePart({ draft, set, error }: PartProps) {
  const { t } = useTranslation()
  const { code } = draft
  const change = (part: Partial<typeof code>) => set({ code: { ...code, ...part } })
  const apps = error('buttons.buttons.0.supported_apps')
  const terms = error('buttons.buttons.0.zero_tap_terms_accepted')
  return (
    <Section title={t('templates.code')} hint={t('templates.code_hint')}>
      <div className="flex flex-col gap-4">
        <Switch label={t('templates.code_advice_label')} isSelected={code.advice} onChange={(advice) => change({ advice })} />
        <Field ltr label={t('templates.code_minutes')} hint={t('templates.code_minutes_hint')} value={code.minutes} error={error('footer.code_expiration_minutes')} onChange={(minutes) => change({ minutes: minutes.replace(/\D/g, '') })} />
        <Select label={t('templates.code_how')} value={code.how} options={codeKinds.map((id) => ({ id, label: t(`templates.code_of.${id}`) }))} onChange={(how) => change({ how })} />
        <Field label={t('templates.button_text')} placeholder={t('templates.copy_code')} value={code.text} error={error('buttons.buttons.0.text')} onChange={(text) => change({ text })} />
        {code.how !== 'COPY_CODE' && (
          <div className="grid gap-3 md:grid-cols-2">
            <Field ltr label={t('templates.code_app')} placeholder="com.example.app" value={code.app} onChange={(app) => change({ app: app.trim() })} />
            <Field ltr label={t('templates.code_hash')} value={code.hash} onChange={(hash) => change({ hash: hash.trim() })} />
            {apps && <p className="text-xs text-danger-ink md:col-span-2">{apps}</p>}
          </div>
        )}
        {code.how === 'ZERO_TAP' && <Switch label={t('templates.code_terms')} isSelected={code.terms} onChange={(accepted) => change({ terms: accepted })} />}
        {terms && <p className="text-xs text-danger-ink">{terms}</p>}
      </div>
    </Section>
  )
}
