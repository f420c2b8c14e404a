// Changing the text of a box as typing would: the browser's own undo goes on working.

/** Replaces a part of the text and selects what is asked for. `write` is for browsers that cannot type for us. */
export function replaceIn(box: HTMLTextAreaElement, from: number, to: number, text: string, select: [number, number], write: (text: string) => void): void {
  box.focus()
  box.setSelectionRange(from, to)
  // Deprecated, and still the only way that keeps undo; every browser with a textarea has it.
  const typed = text === '' ? document.execCommand('delete') : document.execCommand('insertText', false, text)
  if (!typed) {
    box.setRangeText(text, from, to, 'end')
    write(box.value)
  }
  box.setSelectionRange(...select)
}

/** Where a place of the text stands within the box, in pixels from its inline start and its top. */
export function caretPlace(box: HTMLTextAreaElement, at: number): { inline: number; top: number } {
  const style = getComputedStyle(box)
  const mirror = document.createElement('div')
  for (const name of ['font', 'letterSpacing', 'lineHeight', 'padding', 'borderWidth', 'wordSpacing', 'direction', 'textIndent'] as const) mirror.style[name] = style[name]
  Object.assign(mirror.style, { position: 'absolute', visibility: 'hidden', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', width: `${box.clientWidth}px`, insetInlineStart: '0', top: '0' })
  mirror.textContent = box.value.slice(0, at)
  const mark = document.createElement('span')
  mark.textContent = '/'
  mirror.append(mark)
  document.body.append(mirror)
  const inline = style.direction === 'rtl' ? box.clientWidth - mark.offsetLeft - mark.offsetWidth : mark.offsetLeft
  const place = { inline, top: mark.offsetTop - box.scrollTop }
  mirror.remove()
  return place
}
