/** Grey rows in the shape of a list, for empty places and for loading that takes longer than 200 ms. */
export function Ghost({ rows = 3 }: { rows?: number }) {
  return (
    <div className="flex flex-col gap-3">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex items-center gap-3">
          <span className="size-10 shrink-0 rounded-full bg-hover" />
          <span className="flex grow flex-col gap-2">
            <span className="h-2.5 rounded-full bg-hover" style={{ inlineSize: `${60 - index * 12}%` }} />
            <span className="h-2 rounded-full bg-hover" style={{ inlineSize: `${85 - index * 9}%` }} />
          </span>
        </div>
      ))}
    </div>
  )
}
