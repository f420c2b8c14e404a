import { SendHorizontal } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from '@/i18n/useTranslation'
import type { Content, Conversation } from '@/api/types'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { CardForm } from './CardForm'
import { ChoiceForm } from './ChoiceForm'
import { AddressForm, CatalogForm, FlowForm, ShelvesForm } from './FormMessages'
import { ListForm } from './ListForm'
import type { Kind } from './kinds'
import { canSend, contentOf, emptySketch, previewOf, type Sketch } from './model'
import { Preview } from './Preview'
import { SlidesForm } from './SlidesForm'
import { LinkForm, PlaceForm, ProductForm, RequestForm } from './SimpleForms'
import { keepCatalog, knownCatalog } from './catalog'

interface Props {
  kind: Kind
  conversation: Conversation
  onClose: () => void
  onSend: (content: Content, preview: string) => void
}

/** Builds one structured message: the form on one side, on the other what the customer will see. */
export function Builder({ kind, conversation, onClose, onSend }: Props) {
  const { t } = useTranslation()
  const [sketch, setSketch] = useState<Sketch>(() => ({ ...emptySketch(kind), catalog: knownCatalog(conversation.channel.id) }))
  const set = (part: Partial<Sketch>) => setSketch((old) => ({ ...old, ...part }))
  const ready = canSend(sketch)
  return (
    <Dialog title={t(`compose.kind.${kind}`)} isOpen onClose={onClose} wide>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!ready) return
          if (kind === 'product' || kind === 'product_list') keepCatalog(conversation.channel.id, sketch.catalog.trim())
          onSend(contentOf(sketch), previewOf(sketch))
        }}
      >
        <div className="grid items-start gap-4 md:grid-cols-[minmax(0,1fr)_18rem]">
          <div className="flex min-w-0 flex-col gap-3">
            <Form sketch={sketch} set={set} channel={conversation.channel.id} />
          </div>
          <Preview sketch={sketch} />
        </div>
        <footer className="sticky bottom-0 -mx-4 -mb-4 flex justify-end gap-2 border-t border-line bg-overlay px-4 py-3 pb-[max(12px,env(safe-area-inset-bottom))]">
          <Button look="quiet" onPress={onClose}>{t('common.cancel')}</Button>
          <Button look="primary" type="submit" isDisabled={!ready}>
            {t('composer.send')}
            <SendHorizontal size={15} aria-hidden className="mirror" />
          </Button>
        </footer>
      </form>
    </Dialog>
  )
}

/** What every form gets: what is filled in so far, and how to change it. */
export interface FormProps {
  sketch: Sketch
  set: (part: Partial<Sketch>) => void
}

function Form({ channel, ...props }: FormProps & { channel: string }) {
  switch (props.sketch.kind) {
    case 'button':
      return <ChoiceForm {...props} />
    case 'list':
      return <ListForm {...props} />
    case 'cta_url':
      return <LinkForm {...props} />
    case 'location_request_message':
    case 'request_contact_info':
      return <RequestForm {...props} />
    case 'location':
      return <PlaceForm {...props} />
    case 'contacts':
      return <CardForm {...props} />
    case 'product':
      return <ProductForm {...props} />
    case 'product_list':
      return <ShelvesForm {...props} />
    case 'catalog_message':
      return <CatalogForm {...props} />
    case 'flow':
      return <FlowForm {...props} />
    case 'address_message':
      return <AddressForm {...props} />
    case 'carousel':
      return <SlidesForm {...props} channel={channel} />
  }
}
