import { cardOf, escape, htmlPage } from '@ticketing/charts';
import type { LabResult, StrategyResult } from '../run/lab';
import { naive } from '../strategies/naive';
import { versioned } from '../strategies/versioned';
import { chartOf } from './chart';
import { findingsOf } from './findings';
import { LEGEND } from './legend';
import { SCRIPT, STYLE } from './style';
import { summaryOf } from './summary';
import { type Room, roomFor } from './room';
import { type Timeline, timelineOf } from './timeline';

/** One self-contained page: what happened to each ticket under each strategy. */
export function pageOf(result: LabResult): string {
  const { options, results, story, sources } = result;
  const room = roomOf(result);
  const ids = story.tickets.map(({ id }) => id);
  const first = mostTelling(result);
  const telling = [naive, versioned].flatMap((one) => results.find(({ strategy }) => strategy === one) ?? []);
  const nameOf = (id: string) => `Ticket ${ids.indexOf(id) + 1}`;
  const cards = (some: readonly StrategyResult[], id: string, hero = false) =>
    `<div class="cards">${some.map((one) => strategyCard(result, one, { id, name: nameOf(id), room, hero })).join('\n')}</div>`;

  const body = `<p class="soft">Seed ${options.seed}: ${options.aggregates} tickets with ${options.events} events each, on ${sources.broker} (${escape(sources.nats)})
and MongoDB (${escape(sources.mongo)}).</p>
<p>A ticket's price changes, and each change is an event with a version: 0, 1, 2 ... Two processes of another service keep a copy
of the ticket. On the way some events come late, some twice, some acks are lost, and one process is killed.
Each chart shows one ticket: <b>what arrived, from left to right</b>, and, as a line, <b>the version of the copy</b>.
A right copy climbs step by step to the ring at the end.</p>
${LEGEND}
${telling.length > 0 ? `<h2>${nameOf(first)}: the same events, ${telling.map(({ strategy }) => strategy.name).join(' and ')}</h2>` : ''}
${cards(telling, first, true)}
<h2>All strategies under disorder</h2>
<p class="soft">Undisturbed, ${results.every(({ quiet }) => quiet.judgement.total === 0) ? 'each of them is right' : 'NOT each of them is right'}.
A state that was skipped is no anomaly, but nobody who counts or reacts has seen it.</p>
${summaryOf(result)}
<h2>Ticket by ticket</h2>
<nav data-first="${first}" hidden>${ids.map((id) => `<button data-ticket="${id}">${nameOf(id)}</button>`).join('')}</nav>
${ids.map((id) => `<section data-ticket="${id}"><h2>${nameOf(id)}</h2>${cards(results, id)}</section>`).join('\n')}
<p class="soft">Another run: <code>npm run lab -- --seed ${options.seed + 1} --html page.html</code></p>`;
  return htmlPage({ title: 'What disorder does to consumers of events', style: STYLE, body, script: SCRIPT });
}

/** The ticket that suffered most from the first strategy, which is the naive one if it ran. */
export function mostTelling({ results, story }: LabResult): string {
  const anomalies = results[0]?.disorder.judgement;
  const keys = anomalies
    ? [...anomalies.lostUpdates, ...anomalies.doubleApplies, ...anomalies.regressions, ...anomalies.stuckAggregates]
    : [];
  const count = (id: string) => keys.filter((key) => key.id === id).length;
  const ids = story.tickets.map(({ id }) => id);
  return ids.reduce((worst, id) => (count(id) > count(worst) ? id : worst), ids[0] ?? '');
}

/** What all charts of a result share. */
function roomOf({ story, results }: LabResult): Room {
  return roomFor(results.flatMap(({ disorder }) => story.tickets.map(({ id }) => timelineOf(story, disorder, id))));
}

interface CardOf {
  readonly id: string;
  readonly name: string;
  readonly room: Room;
  readonly hero: boolean;
}

function strategyCard({ story }: LabResult, one: StrategyResult, { id, name, room, hero }: CardOf): string {
  const { strategy, disorder } = one;
  const timeline = timelineOf(story, disorder, id);
  const findings = findingsOf(story, disorder, id, timeline).map((finding) => `<li>${escape(finding)}</li>`);
  return cardOf({
    title: strategy.title,
    good: timeline.right,
    verdict: verdictOf(timeline),
    body: `<div class="scroll">${chartOf(timeline, `${strategy.title}, ${name}`, room)}</div>
<ul>${findings.join('')}</ul>`,
    attributes: `data-strategy="${escape(strategy.name)}"`,
    hero,
  });
}

/** How a ticket ended, in words. */
export function verdictOf({ right, ended, expected }: Timeline): string {
  const end = `v${ended.version}, price ${ended.price}`;
  return right ? `ended right: ${end}` : `ended wrong: ${end}, not v${expected.version}, ${expected.price}`;
}
