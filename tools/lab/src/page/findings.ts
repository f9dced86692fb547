import type { Judged } from '../run/lab';
import type { EventKey, Story } from '../story/story';
import type { Mark, Timeline } from './timeline';

/** How many of each kind are listed; the rest is a number. */
const TOLD = 2;

/** What happened to one ticket, in sentences: what went wrong, or what prevented it. Pure. */
export function findingsOf(story: Story, { judgement }: Judged, id: string, timeline: Timeline): string[] {
  const mine = (keys: readonly EventKey[]) => keys.filter((key) => key.id === id).map(({ version }) => version);
  const events = story.tickets.find((ticket) => ticket.id === id)?.events ?? [];
  const change = (version: number) => signed(events[version]?.change ?? 0);
  const backs = timeline.states.flatMap(({ version, back }, index) => {
    return back ? [`Version ${version} was written over version ${timeline.states[index - 1]?.version}.`] : [];
  });
  const doubles = mine(judgement.doubleApplies).map(
    (version) => `Version ${version} was applied once more: its ${change(version)} is in the price again.`,
  );
  const losts = mine(judgement.lostUpdates).map(
    (version) => `The ${change(version)} of version ${version} is lost: it was written over, or passed over.`,
  );
  const stuck = mine(judgement.stuckAggregates).map((version) => `Version ${version} is still waiting: stuck.`);
  const wrong = [backs, doubles, losts, stuck].flatMap((kind) => some(kind));
  return [...wrong, ...(wrong.length === 0 ? harmless(timeline.marks) : []), endOf(timeline)];
}

/** What could have gone wrong and did not. */
function harmless(marks: readonly Mark[]): string[] {
  const early = marks.flatMap(({ arrival, version, slot, written }) => {
    if (arrival !== 'early' || !written || written.slot === slot) return [];
    return [`Version ${version} came early and waited: it was written ${Math.round(written.afterMs)} ms later.`];
  });
  const again = new Set(
    marks.filter(({ arrival, written }) => arrival === 'again' && written === undefined).map(versionOf),
  );
  const repeated = [...again].map((version) => `Version ${version} came again, and changed nothing.`);
  return [early, repeated].flatMap((kind) => some(kind));
}

const versionOf = ({ version }: Mark) => version;

function some(sentences: readonly string[]): string[] {
  const more = sentences.length - TOLD;
  return more > 0 ? [...sentences.slice(0, TOLD), `... and ${more} more like this.`] : [...sentences];
}

function endOf({ ended, expected, right }: Timeline): string {
  const state = `It ended at version ${ended.version} with a price of ${ended.price}`;
  return right ? `${state}: right.` : `${state}. Right is version ${expected.version}, price ${expected.price}.`;
}

const signed = (change: number) => (change < 0 ? `−${-change}` : `+${change}`);
