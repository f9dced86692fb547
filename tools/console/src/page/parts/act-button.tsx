import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { act } from '../connection';

export interface ActButtonProps {
  readonly name: string;
  readonly body?: object;
  readonly kind?: 'main' | 'danger' | undefined;
  readonly label?: string;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

/** A button that asks the server for an act, and cannot be pressed again until that is answered. */
export function ActButton({ name, body = {}, kind, label, disabled = false, children }: ActButtonProps) {
  const [busy, setBusy] = useState(false);
  const press = () => {
    setBusy(true);
    void act(name, body).finally(() => setBusy(false));
  };
  return (
    <button
      type="button"
      class={kind}
      data-act={name}
      aria-label={label}
      aria-busy={busy}
      disabled={busy || disabled}
      onClick={press}
    >
      {children}
    </button>
  );
}
