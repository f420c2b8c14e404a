import { describe, expect, it } from 'vitest'
import type { QuickReply } from '@/api/types'
import { narrow } from './narrow'

const reply = (shortcut: string, title: string, text: string) => ({ id: shortcut, shortcut, title, here: { language: 'en', text, missing: [] } }) as unknown as QuickReply
const all = [reply('ship', 'Shipping', 'Two days, after opening hours too.'), reply('hours', 'Opening hours', 'At nine.'), reply('h', 'Hold on', 'One moment'), reply('عنوان', 'العنوان', 'شارع الإمام')]
const codes = (typed: string) => narrow(all, typed).map((one) => one.shortcut)

describe('typed letters', () => {
  it('narrow the list as the server does', () => {
    expect(codes('')).toEqual(['ship', 'hours', 'h', 'عنوان'])
    expect(codes('h')).toEqual(['h', 'hours', 'ship'])
    expect(codes('hours')).toEqual(['hours', 'ship'])
    expect(codes('OPÉN')).toEqual(['hours', 'ship'])
    expect(codes('الامام')).toEqual(['عنوان'])
    expect(codes('zebra')).toEqual([])
  })
})
