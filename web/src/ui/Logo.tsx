/** Our sign: the window ring with its amber remainder. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 28 28" className="shrink-0">
      <path d="M14 3.5a10.5 10.5 0 1 1-9.1 5.250" fill="none" className="stroke-accent" strokeWidth="3" strokeLinecap="round" />
      <circle cx="14" cy="14" r="3.5" className="fill-caution" />
    </svg>
  )
}
