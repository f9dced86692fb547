import { useEffect, useRef } from 'preact/hooks';
import type { ServiceFacts } from '../model/system';
import { short } from '../model/words';
import { onSteps, useStore } from '../store';
import { Card } from '../parts/card';
import { Dots } from './dots';

const BROKERS: Readonly<Record<string, string>> = { streaming: 'NATS Streaming', jetstream: 'JetStream' };

/** The system as a picture: where events are, and how they travel. */
export function Flow() {
  const services = useStore((state) => state.hello?.services) ?? [];
  const picture = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!picture.current || !layer.current) return undefined;
    const dots = new Dots(picture.current, layer.current);
    return onSteps((steps) => dots.show(steps));
  }, []);
  const [first, ...others] = services;
  return (
    <Card id="flow" title="Flow" aside={<Latest />}>
      <div class="picture" ref={picture}>
        <div class="side">{first && <Service facts={first} />}</div>
        <Wires out={first} back={others[0]} />
        <Broker />
        <Wires out={first} back={others[0]} />
        <div class="side">
          {others.map((facts) => (
            <Service key={facts.name} facts={facts} />
          ))}
        </div>
        <div class="dots" ref={layer} aria-hidden="true" />
      </div>
    </Card>
  );
}

/** Each service publishes on one, and gets the events of the others on the other one. */
function Wires({ out, back }: { readonly out: ServiceFacts | undefined; readonly back: ServiceFacts | undefined }) {
  return (
    <div class="wires" aria-hidden="true">
      <span>events of {out?.name} →</span>
      <span>← events of {back?.name}</span>
    </div>
  );
}

function Service({ facts: { name } }: { readonly facts: ServiceFacts }) {
  const snapshot = useStore((state) => state.snapshot);
  const replicas = useStore((state) => state.hello?.replicas) ?? [];
  const part = useStore((state) => state.parts).find((one) => one.name === name);
  const copies = replicas.filter((replica) => replica.startsWith(`${name}.`));
  const parked = snapshot?.parked.filter(({ keeper }) => keeper === name).length ?? 0;
  const letters = snapshot?.letters.filter(({ service }) => service === name).length ?? 0;
  const isDown = part !== undefined && part.state !== 'running';
  return (
    <div class={`place ${isDown ? 'down' : ''}`} data-place={name}>
      <h3>
        {name}
        {isDown && <span class="pill bad">{part.state}</span>}
      </h3>
      <dl>
        <Figure name="outbox" value={snapshot?.outbox[name] ?? 0} tone="wait" />
        {copies.length > 0 && <Figure name="parked" value={parked} tone="wait" />}
        <Figure name="dead letters" value={letters} tone="bad" />
      </dl>
      <p class="soft">{copies.length > 0 ? 'keeps a replica of the tickets' : 'owns the tickets'}</p>
    </div>
  );
}

function Broker() {
  const groups = useStore((state) => state.snapshot?.groups) ?? [];
  const engine = useStore((state) => state.hello?.broker) ?? '';
  const part = useStore((state) => state.parts).find(({ name }) => name === BROKERS[engine]);
  const isDown = part !== undefined && part.state !== 'running';
  const sum = (what: 'inFlight' | 'notSent') => groups.reduce((total, group) => total + group[what], 0);
  return (
    <div class={`place broker ${isDown ? 'down' : ''}`} data-place="broker">
      <h3>
        {BROKERS[engine] ?? 'broker'}
        {isDown && <span class="pill bad">{part.state}</span>}
      </h3>
      <dl>
        <Figure name="in flight" value={sum('inFlight')} tone="wait" />
        <Figure name="not sent" value={sum('notSent')} tone="wait" />
      </dl>
      <p class="soft" data-place="outside">
        payments come from outside
      </p>
    </div>
  );
}

function Figure({ name, value, tone }: { readonly name: string; readonly value: number; readonly tone: string }) {
  return (
    <div class={value > 0 ? tone : ''}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The last step in words: also what somebody sees who wants no motion. */
function Latest() {
  const step = useStore((state) => state.steps.at(-1));
  if (!step) return <span class="soft latest">no event yet</span>;
  const { where, kind, subject, aggregateId, version } = step;
  const what = version === undefined ? '' : ` version ${version} of ${short(aggregateId)}`;
  return (
    <span class="soft latest">
      {where} {kind} <b>{subject}</b>
      {what}
    </span>
  );
}
