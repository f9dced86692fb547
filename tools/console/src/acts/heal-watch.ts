import type { Facts } from '../facts/facts';
import { disagreements } from '../page/model/agreement';
import type { PartRow, Snapshot } from '../page/model/system';
import type { RunningJob } from './jobs';

/** After this time (ms) nobody waits for it any more. */
const PATIENCE_MS = 10 * 60_000;
/** It must agree so often in a row: an event may be between two looks. */
const LOOKS = 2;

/** Tells a job what stands in the way of agreement, each time that it changes, and when everything agrees again. */
export function watchHealing(facts: Facts, parts: () => readonly PartRow[], job: RunningJob): void {
  const began = Date.now();
  let [said, quiet] = ['', 0];
  const seconds = () => `${((Date.now() - began) / 1_000).toFixed(1)} s`;
  const look = (snapshot: Snapshot) => {
    const wrong = disagreements(snapshot, parts()).join(' · ');
    quiet = wrong === '' ? quiet + 1 : 0;
    if (quiet >= LOOKS) {
      job.say(`${seconds()}: everything agrees${said === '' ? '' : ' again'}`);
      end('done');
    } else if (wrong !== '' && wrong !== said) {
      job.say(`${seconds()}: ${wrong}`);
      said = wrong;
    }
  };
  const unwatch = facts.watch(look);
  const deadline = setTimeout(() => {
    job.say(`not within ${PATIENCE_MS / 60_000} minutes`);
    end('failed');
  }, PATIENCE_MS).unref(); // or the console could not end before
  const end = (state: 'done' | 'failed') => {
    clearTimeout(deadline);
    unwatch();
    job.end(state);
  };
}
