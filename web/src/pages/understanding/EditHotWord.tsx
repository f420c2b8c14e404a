import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { ApiError, patch, post } from '@/api/client'
import { starterLanguages, understandingKeys, type HotWord } from '@/features/understanding/api'
import { useFormats } from '@/i18n/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { Switch } from '@/ui/Switch'

const fields = ['topic', 'text', 'also', 'except', 'language']
/** Several of them in one field, a line each. */
const lines = (text: string) => text.split('\n').map((line) => line.trim()).filter(Boolean)

/** A hot word: what it is about, its spellings and where it does not count. */
export function EditHotWord({ word, onClose }: { word: HotWord | null; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const formats = useFormats()
  const client = useQueryClient()
  const here = i18n.language.split('-')[0] ?? 'en'
  const [topic, setTopic] = useState(word?.topic ?? '')
  const [language, setLanguage] = useState(word?.language ?? here)
  const [text, setText] = useState(word?.text ?? '')
  const [also, setAlso] = useState(word?.also.join('\n') ?? '')
  const [except, setExcept] = useState(word?.except.join('\n') ?? '')
  const [exact, setExact] = useState(word?.exact ?? false)
  const [skipNegated, setSkipNegated] = useState(word?.skip_negated ?? false)
  const known = [...new Set([...starterLanguages, language])].filter(Boolean)
  const save = useMutation({
    mutationFn: () => {
      const given = { topic, language, text, also: lines(also), except: lines(except), exact, skip_negated: skipNegated }
      return word ? patch<HotWord>(`/hot-words/${word.id}`, given) : post<HotWord>('/hot-words', given)
    },
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: understandingKeys.all })
      onClose()
    },
  })
  const taken = save.error instanceof ApiError && save.error.code === 'word_taken' ? t('understanding.taken') : null
  return (
    <Dialog title={t(word ? 'understanding.edit_word' : 'understanding.add_word')} isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Field label={t('understanding.word')} value={text} onChange={setText} maxLength={100} isRequired autoFocus={!word} error={taken ?? fieldError(save.error, 'text')} />
        <div className="grid gap-4 md:grid-cols-2">
          <Field label={t('understanding.topic')} hint={t('understanding.topic_hint')} value={topic} onChange={setTopic} maxLength={40} isRequired error={fieldError(save.error, 'topic')} />
          <Select label={t('understanding.language')} value={language || none} onChange={(id) => setLanguage(id === none ? '' : id)} options={[...known.map((id) => ({ id, label: formats.language(id) })), { id: none, label: t('understanding.no_language') }]} />
        </div>
        <Field label={t('understanding.also')} hint={t('understanding.a_line_each')} value={also} onChange={setAlso} rows={2} error={fieldError(save.error, 'also')} />
        <Field label={t('understanding.except')} hint={t('understanding.a_line_each')} value={except} onChange={setExcept} rows={2} error={fieldError(save.error, 'except')} />
        <Switch label={t('understanding.exact')} isSelected={exact} onChange={setExact} />
        <Switch label={t('understanding.skip_negated')} isSelected={skipNegated} onChange={setSkipNegated} />
        {save.isError && !taken && !isAtField(save.error, fields) && <ErrorNote error={save.error} />}
        <Button look="primary" type="submit" isDisabled={!text.trim() || !topic.trim() || save.isPending}>{t('common.save')}</Button>
      </form>
    </Dialog>
  )
}

/** Not a language that a word can have. */
const none = '/none'
