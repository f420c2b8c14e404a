// Draws the app's icons from public/icon.svg: `npm run icons`. The files are committed; run it when the mark changes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const root = new URL('../public/', import.meta.url).pathname
const mark = readFileSync(`${root}icon.svg`, 'utf8')
const ground = /<rect[^>]*fill="(#\w+)"/.exec(mark)?.[1] ?? '#14665a'
const glyph = mark.replace(/<rect[^>]*\/>/, '')
const bare = glyph.replace(/fill="#f2b544"/, 'fill="#fff"')

/** Name, size, picture, ground, and how much of the square the picture takes: what masks cut off stays empty. */
const icons = [
  ['icon-192', 192, mark, 'transparent', 1],
  ['icon-512', 512, mark, 'transparent', 1],
  ['maskable-192', 192, glyph, ground, 0.8],
  ['maskable-512', 512, glyph, ground, 0.8],
  ['apple-touch-icon', 180, glyph, ground, 0.9],
  // Android shows only the outline of it.
  ['badge-96', 96, bare, 'transparent', 1.3],
]

mkdirSync(`${root}icons`, { recursive: true })
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage()
for (const [name, size, picture, behind, share] of icons) {
  const edge = Math.round(size * share)
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>body{margin:0;width:${size}px;height:${size}px;overflow:hidden;display:grid;place-items:center;background:${behind}}svg{width:${edge}px;height:${edge}px}</style>${picture}`)
  writeFileSync(`${root}icons/${name}.png`, await page.screenshot({ omitBackground: true }))
}
await browser.close()
