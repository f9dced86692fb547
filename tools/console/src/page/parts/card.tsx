import type { ComponentChildren } from 'preact';

export interface CardProps {
  readonly id: string;
  readonly title: string;
  /** Beside the title. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of the page with its heading. */
export function Card({ id, title, aside, children }: CardProps) {
  return (
    <section class={`card ${id}`} aria-labelledby={`${id}-title`}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
