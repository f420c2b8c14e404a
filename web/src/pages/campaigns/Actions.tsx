import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Ban, Pause, Play, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import { post, remove } from '@/api/client'
import { Button } from '@/ui/Button'
import { Confirm } from '@/ui/Confirm'
import { errorText } from '@/ui/errors'
import { toast } from '@/ui/toast'
import { campaignKeys, type Campaign } from './model'

/** A step of a campaign; its answer is shown at once, and everything counted anew. */
export function useStep(campaign: Campaign) {
  const { t } = useTranslation()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ step, body }: { step: 'start' | 'pause' | 'resume' | 'cancel'; body?: object }) => post<Campaign>(`/campaigns/${campaign.id}/${step}`, body),
    onSuccess: (changed) => client.setQueryData<Campaign>(campaignKeys.one(campaign.id), (old) => ({ ...changed, cost: old?.cost ?? null })),
    onError: (error) => toast(errorText(error, t), 'danger'),
    onSettled: () => void client.invalidateQueries({ queryKey: campaignKeys.all }),
  })
}

/** What can be done with the campaign as it stands. */
export function Actions({ campaign }: { campaign: Campaign }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [asking, setAsking] = useState<'cancel' | 'delete' | null>(null)
  const step = useStep(campaign)
  const drop = useMutation({
    mutationFn: () => remove(`/campaigns/${campaign.id}`),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: campaignKeys.all })
      void navigate({ to: '/campaigns' })
    },
    onError: (error) => toast(errorText(error, t), 'danger'),
  })
  const { status } = campaign
  return (
    <>
      {status === 'running' && <Button isDisabled={step.isPending} onPress={() => step.mutate({ step: 'pause' })}><Pause size={15} aria-hidden />{t('campaigns.pause')}</Button>}
      {status === 'paused' && <Button look="primary" isDisabled={step.isPending} onPress={() => step.mutate({ step: 'resume' })}><Play size={15} aria-hidden className="rtl:-scale-x-100" />{t('campaigns.resume')}</Button>}
      {(status === 'running' || status === 'paused' || status === 'scheduled') && <Button look="danger" isDisabled={step.isPending} onPress={() => setAsking('cancel')}><Ban size={15} aria-hidden />{t('campaigns.cancel')}</Button>}
      {status === 'draft' && <Button look="danger" isDisabled={drop.isPending} onPress={() => setAsking('delete')}><Trash2 size={15} aria-hidden />{t('campaigns.delete')}</Button>}
      <Confirm title={t('campaigns.cancel')} text={t('campaigns.cancel_text')} verb={t('campaigns.cancel')} isOpen={asking === 'cancel'} onClose={() => setAsking(null)} onConfirm={() => step.mutate({ step: 'cancel' })} />
      <Confirm title={t('campaigns.delete')} text={t('campaigns.delete_text')} verb={t('campaigns.delete')} isOpen={asking === 'delete'} onClose={() => setAsking(null)} onConfirm={() => drop.mutate()} />
    </>
  )
}
