import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post } from '@/api/client'
import { keys } from '@/api/keys'
import type { Channel } from '@/api/types'
import { languageOf } from '@/i18n'
import { latinDigits } from '@/i18n/digits'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { fieldError, isAtField } from '@/ui/errors'
import { Field } from '@/ui/Field'
import { toast } from '@/ui/toast'

/** Registers the number with Meta; proving it by a code first, where Meta asks for that. */
export function RegisterDialog({ channel, isOpen, onClose }: { channel: Channel; isOpen: boolean; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const client = useQueryClient()
  const [pin, setPin] = useState('')
  const [code, setCode] = useState('')
  const path = `/channels/${channel.id}`
  const refresh = () => void client.invalidateQueries({ queryKey: keys.channels })
  const register = useMutation({
    mutationFn: () => post<Channel>(`${path}/register`, { pin: latinDigits(pin) }),
    onSuccess: () => {
      refresh()
      setPin('')
      toast(t('register.done'))
      onClose()
    },
  })
  const language = languageOf(i18n.language).whatsapp
  const ask = useMutation({ mutationFn: (method: 'sms' | 'voice') => post<void>(`${path}/request-code`, { method, language: language === 'en' ? 'en_US' : language }) })
  const verify = useMutation({
    mutationFn: () => post<Channel>(`${path}/verify-code`, { code: latinDigits(code) }),
    onSuccess: () => {
      refresh()
      setCode('')
      toast(t('register.verified'))
    },
  })
  return (
    <Dialog title={t('register.title')} isOpen={isOpen} onClose={onClose}>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          register.mutate()
        }}
      >
        <p className="text-sm text-muted">{t('register.text')}</p>
        <Field label={t('register.pin')} hint={t('register.pin_hint')} ltr type="password" inputMode="numeric" autoComplete="off" maxLength={6} value={pin} onChange={setPin} error={fieldError(register.error, 'pin')} />
        {register.isError && !isAtField(register.error, ['pin']) && <ErrorNote error={register.error} />}
        <Button look="primary" type="submit" isDisabled={register.isPending || pin.length !== 6}>{t('register.register')}</Button>
      </form>
      <form
        className="mt-5 flex flex-col gap-3 border-t border-line pt-4"
        onSubmit={(event) => {
          event.preventDefault()
          verify.mutate()
        }}
      >
        <p className="text-sm text-muted">{t('register.verify_text')}</p>
        <div className="flex flex-wrap gap-2">
          <Button small onPress={() => ask.mutate('sms')} isDisabled={ask.isPending}>{t('register.by_sms')}</Button>
          <Button small onPress={() => ask.mutate('voice')} isDisabled={ask.isPending}>{t('register.by_voice')}</Button>
        </div>
        {ask.isSuccess && <p role="status" className="text-sm">{t('register.code_sent')}</p>}
        {ask.isError && <ErrorNote error={ask.error} />}
        <Field label={t('register.code')} ltr inputMode="numeric" autoComplete="one-time-code" maxLength={6} value={code} onChange={setCode} error={fieldError(verify.error, 'code')} />
        {verify.isError && !isAtField(verify.error, ['code']) && <ErrorNote error={verify.error} />}
        <Button type="submit" isDisabled={verify.isPending || code.length !== 6}>{t('register.verify')}</Button>
      </form>
    </Dialog>
  )
}
