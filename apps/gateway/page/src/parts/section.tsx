import type { ComponentChildren } from "preact"

interface Props {
  readonly id: string
  readonly title: string
  /** Beside the title, quietly. */
  readonly remark?: string
  readonly children: ComponentChildren
}

/** A part of the page under a heading of its own. */
export function Section({ id, title, remark, children }: Props) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>
        {title} {remark !== undefined && <span class="quiet">{remark}</span>}
      </h2>
      {children}
    </section>
  )
}
