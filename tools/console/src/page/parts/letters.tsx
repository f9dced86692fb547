import { pretty } from '../model/commands';
import type { LetterRow } from '../model/system';
import { useStore } from '../store';
import { ActButton } from './act-button';

/** Messages that could not be handled, whole, with what can be done about them. */
export function Letters() {
  const letters = useStore((state) => state.snapshot?.letters) ?? [];
  const mayAct = useStore((state) => state.hello?.mayAct) ?? false;
  return (
    <>
      <h3>Dead letters {letters.length > 0 && <span class="pill bad">{letters.length}</span>}</h3>
      {letters.length === 0 && <p class="soft">None.</p>}
      <ul class="letters">
        {letters.map((letter) => (
          <Letter key={letter.id} letter={letter} mayAct={mayAct} />
        ))}
      </ul>
      {letters.length > 1 && mayAct && (
        <div class="buttons">
          <ActButton name="redrive">Redrive all</ActButton>
          <ActButton name="drop" kind="danger">
            Drop all
          </ActButton>
        </div>
      )}
    </>
  );
}

function Letter({ letter, mayAct }: { readonly letter: LetterRow; readonly mayAct: boolean }) {
  const { id, service, channel, reason, message, attempts, state, payload } = letter;
  return (
    <li>
      <details>
        <summary>
          <span class={`kind ${state === 'dead' ? 'bad' : 'wait'}`}>{state}</span> <b>{channel}</b> at {service}:{' '}
          {reason}
          {attempts > 0 && ` after ${attempts} attempts`}
        </summary>
        <p>{message}</p>
        <pre tabIndex={0} aria-label="The message">
          {pretty(payload)}
        </pre>
      </details>
      {mayAct && (
        <div class="buttons">
          <ActButton name="redrive" body={{ id }} label={`Redrive the letter of ${channel}`}>
            Redrive
          </ActButton>
          <ActButton name="drop" body={{ id }} kind="danger" label={`Drop the letter of ${channel}`}>
            Drop
          </ActButton>
        </div>
      )}
    </li>
  );
}
