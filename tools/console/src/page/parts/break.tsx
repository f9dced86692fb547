import { useStore } from '../store';
import type { PartRow } from '../model/system';
import { ActButton } from './act-button';
import { Card } from './card';
import { Jobs } from './jobs';

/** What can happen to the next event, and how that is said with a service. */
const FAULTS = [
  ['hold', 'Hold the next event', 'to'],
  ['twice', 'Deliver the next twice', 'to'],
  ['drop-ack', 'Drop the next ack', 'of'],
] as const;

/** Breaks a part of the system that `npm start` runs, or the way of the next events, and tells when everything agrees again. */
export function Break() {
  const parts = useStore((state) => state.parts);
  const services = useStore((state) => state.hello?.services) ?? [];
  return (
    <Card id="break" title="Break it">
      <ul class="parts">
        {parts.map((part) => (
          <Part key={part.name} part={part} />
        ))}
      </ul>
      <h3>On the way from the broker</h3>
      <p class="buttons">
        <ActButton name="overtake" kind="main">
          Version 2 before version 1
        </ActButton>
      </p>
      <ul class="parts">
        {services.map(({ name }) => (
          <li key={name}>
            <span class="part-name">to {name}</span>
            <span class="buttons">
              {FAULTS.map(([fault, what, to]) => (
                <ActButton key={fault} name="deliver" body={{ service: name, fault }} label={`${what} ${to} ${name}`}>
                  {what}
                </ActButton>
              ))}
            </span>
          </li>
        ))}
      </ul>
      <h3>Poison</h3>
      <div class="buttons">
        <ActButton name="poison" body={{ what: 'not-json' }}>
          Send what is no JSON
        </ActButton>
        <ActButton name="poison" body={{ what: 'broken-contract' }}>
          Send a broken contract
        </ActButton>
      </div>
      <Jobs only="experiment" />
    </Card>
  );
}

function Part({ part: { name, state } }: { readonly part: PartRow }) {
  const runs = state === 'running';
  return (
    <li>
      <span class="part-name">{name}</span>
      <span class={`pill ${runs ? 'good' : state === 'stopped' ? 'bad' : 'wait'}`}>{state}</span>
      <span class="buttons">
        {runs && (
          <>
            <PartButton part={name} how="stop">
              Stop
            </PartButton>
            <PartButton part={name} how="kill">
              kill -9
            </PartButton>
            <PartButton part={name} how="pause">
              Pause
            </PartButton>
          </>
        )}
        {state === 'paused' && (
          <PartButton part={name} how="resume">
            Go on
          </PartButton>
        )}
        {state === 'stopped' && (
          <PartButton part={name} how="start">
            Start
          </PartButton>
        )}
      </span>
    </li>
  );
}

function PartButton(props: { readonly part: string; readonly how: string; readonly children: string }) {
  const { part, how, children } = props;
  return (
    <ActButton
      name="part"
      body={{ part, how }}
      label={`${children} ${part}`}
      kind={how === 'start' || how === 'resume' ? 'main' : undefined}
    >
      {children}
    </ActButton>
  );
}
