import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { matches } from '../model/filter';
import { type Step, STEP_KINDS, type StepKind } from '../model/step';
import { clock, short, toneOf } from '../model/words';
import { change, useStore } from '../store';
import { Card } from './card';

/** So many of the newest ones are drawn; the button above them draws as many more. */
const DRAWN = 120;

/** A line for each step of each event, the newest last. */
export function EventLog() {
  const steps = useStore((state) => state.steps);
  const filter = useStore((state) => state.filter);
  const [drawn, setDrawn] = useState(DRAWN);
  const [follows, setFollows] = useState(true);
  const list = useRef<HTMLOListElement>(null);
  const shown = filter.text === '' && filter.kind === '' ? steps : steps.filter((step) => matches(filter, step));
  const newest = shown.slice(-drawn);

  useLayoutEffect(() => {
    if (follows && list.current) list.current.scrollTop = list.current.scrollHeight;
  });
  useEffect(() => setDrawn(DRAWN), [filter]);

  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = list.current ?? {};
    setFollows(scrollHeight - scrollTop - clientHeight < 40);
  };
  return (
    <Card id="log" title="Event log" aside={<Choice />}>
      {newest.length === 0 && <p class="soft empty">{steps.length === 0 ? 'No event yet.' : 'No step like that.'}</p>}
      <ol class="steps" ref={list} onScroll={onScroll} aria-label="Steps of events, the newest last">
        {shown.length > newest.length && (
          <li class="more">
            <button type="button" onClick={() => setDrawn(drawn + DRAWN)}>
              show {Math.min(DRAWN, shown.length - newest.length)} of {shown.length - newest.length} older ones
            </button>
          </li>
        )}
        {newest.map((step) => (
          <Line key={step.id} step={step} />
        ))}
      </ol>
      {!follows && (
        <button type="button" class="follow" onClick={() => setFollows(true)}>
          Follow the newest
        </button>
      )}
    </Card>
  );
}

function Choice() {
  const filter = useStore((state) => state.filter);
  return (
    <div class="choice">
      <label>
        <span class="unseen">Only steps with this text</span>
        <input
          type="search"
          placeholder="id, subject …"
          value={filter.text}
          onInput={({ currentTarget }) => change({ filter: { ...filter, text: currentTarget.value } })}
        />
      </label>
      <label>
        <span class="unseen">Only steps of this kind</span>
        <select
          value={filter.kind}
          onChange={({ currentTarget }) =>
            change({ filter: { ...filter, kind: currentTarget.value as StepKind | '' } })
          }
        >
          <option value="">every step</option>
          {STEP_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {kind}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}

function Line({ step }: { readonly step: Step }) {
  const { at, kind, where, subject, aggregateId, version, note } = step;
  return (
    <li>
      <button type="button" class="step" onClick={() => change({ opened: step })}>
        <time>{clock(at)}</time>
        <span class={`kind ${toneOf(kind)}`}>{kind}</span>
        <span class="subject">{subject}</span>
        <span class="version">{version === undefined ? '' : `v${version}`}</span>
        <code>{short(aggregateId)}</code>
        <span class="where">{where}</span>
        {note !== undefined && <span class="note">{note}</span>}
      </button>
    </li>
  );
}
