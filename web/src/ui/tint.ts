/** The eight hues of the data palette: far enough apart to tell people, and tags, apart at a glance. */
const hues = [178, 60, 255, 350, 125, 305, 30, 90]

/** A quiet ground and readable letters on it, of the hue at a place in the palette; both follow the theme. */
export function tint(place: number): { background: string; color: string } {
  const hue = hues[Math.abs(place) % hues.length] ?? 178
  return { background: `oklch(var(--avatar-ground) ${hue})`, color: `oklch(var(--avatar-ink) ${hue})` }
}
