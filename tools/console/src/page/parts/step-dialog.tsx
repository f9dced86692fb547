import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from '../connection';
import { asCurl, asPublish, pretty } from '../model/commands';
import type { Step, StepKind } from '../model/step';
import { clock, MEANING, toneOf } from '../model/words';
import { change, useStore } from '../store';

/** The event of a step, whole, with its way through the system. */
export function StepDialog() {
  const step = useStore((state) => state.opened);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (step && !dialog.current?.open) dialog.current?.showModal();
    if (!step) dialog.current?.close();
  }, [step]);
  return (
    <dialog ref={dialog} aria-labelledby="step-title" onClose={() => change({ opened: undefined })}>
      {step && <Opened key={step.id} step={step} />}
    </dialog>
  );
}

function Opened({ step }: { readonly step: Step }) {
  const [payload, setPayload] = useState<string>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    messageOf(step).then(setPayload, (error: unknown) => setProblem(error instanceof Error ? error.message : ''));
  }, []);
  const { subject, aggregateId, version, traceId, kind } = step;
  const only = (text: string) => change({ filter: { text, kind: '' }, opened: undefined });
  const curl = payload === undefined ? undefined : asCurl(subject, payload, location.origin);
  return (
    <>
      <header>
        <h2 id="step-title">
          {subject} {version !== undefined && `version ${version}`}
        </h2>
        <form method="dialog">
          <button type="submit">Close</button>
        </form>
      </header>
      <p>
        <span class={`kind ${toneOf(kind)}`}>{kind}</span> {step.note ?? MEANING[kind]}
      </p>
      <Way step={step} />
      <pre tabIndex={0} aria-label="The message">
        {payload === undefined ? (problem ?? 'reading …') : pretty(payload)}
      </pre>
      <div class="buttons">
        {payload !== undefined && <Copy text={payload}>Copy JSON</Copy>}
        {curl !== undefined && <Copy text={curl}>Copy as curl</Copy>}
        {payload !== undefined && <Copy text={asPublish(subject, payload)}>Copy as nats:publish</Copy>}
        {aggregateId !== undefined && (
          <button type="button" onClick={() => only(aggregateId)}>
            Only this aggregate
          </button>
        )}
        {traceId !== undefined && (
          <button type="button" onClick={() => only(traceId)}>
            Only this trace
          </button>
        )}
      </div>
    </>
  );
}

/** An owner learns that the broker has stored its event when others may have handled it already. */
const FIRST: Partial<Record<StepKind, number>> = { saved: 0, published: 1 };
const placeOf = ({ kind }: Step) => FIRST[kind] ?? 2;

/** Every step of the same event, what its owner did first, with the time since its first one. */
function Way({ step }: { readonly step: Step }) {
  const steps = useStore((state) => state.steps);
  const isSame = (other: Step) =>
    other.id === step.id ||
    (step.eventId !== undefined && other.eventId === step.eventId) ||
    (step.aggregateId !== undefined && other.aggregateId === step.aggregateId && other.version === step.version);
  const way = steps.filter(isSame).sort((a, b) => placeOf(a) - placeOf(b));
  const begin = way[0]?.at ?? step.at;
  return (
    <ol class="way" aria-label="Its way">
      {way.map(({ id, at, kind, where, note }) => (
        <li key={id}>
          <time>{id === way[0]?.id ? clock(at) : `+${at - begin} ms`}</time>
          <span class={`kind ${toneOf(kind)}`}>{kind}</span>
          <span>{where}</span>
          <span class="soft">{note}</span>
        </li>
      ))}
    </ol>
  );
}

function Copy({ text, children }: { readonly text: string; readonly children: string }) {
  const [said, setSaid] = useState<string>();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied'),
      () => setSaid('Not allowed'),
    );
  return (
    <button type="button" onClick={() => void copy()}>
      {said ?? children}
    </button>
  );
}
