import { Contact } from 'lucide-react'
import { Phone } from '@/ui/Phone'
import { UserText } from '@/ui/UserText'

interface Card {
  name: string
  phones: string[]
  emails: string[]
  org?: string | null
}

/** People whose cards were sent. */
export function ContactCards({ cards }: { cards: Card[] }) {
  return (
    <ul className="flex flex-col gap-2">
      {cards.map((card, index) => (
        <li key={index} className="flex items-start gap-2.5">
          <span className="grid size-9 shrink-0 place-items-center rounded-md bg-hover text-muted">
            <Contact size={18} strokeWidth={1.75} aria-hidden />
          </span>
          <div className="min-w-0 text-sm text-muted">
            <UserText className="block text-base text-strong">{card.name}</UserText>
            {card.org && <UserText className="block">{card.org}</UserText>}
            {card.phones.map((phone) => <Phone key={phone} value={phone} className="block" />)}
            {card.emails.map((email) => <bdi key={email} dir="ltr" className="block">{email}</bdi>)}
          </div>
        </li>
      ))}
    </ul>
  )
}
