import type { Publisher } from './publisher';
import { newThing, startOwner } from './owner.test.helper';
import { updateAggregate } from './update-aggregate';

/** The instructions of a test, as JSON in the first argument. */
export interface OwnerProgram {
  readonly databaseUri: string;
  readonly channelPrefix: string;
  /** How many things are created. Each is edited once, unless the process dies at its first event. */
  readonly things: number;
  /** At its first publish the process kills itself: before the event goes out, or after the broker has stored it. */
  readonly dies?: 'before-publish' | 'after-publish';
}

const dead = (): Promise<void> => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};

/** Owns things in a separate process. Prints `saved` when it has saved them all, and runs until it is killed. */
async function main({ things, dies, ...options }: OwnerProgram): Promise<void> {
  const around = (publisher: Publisher): Publisher => ({
    ...publisher,
    forward: async (subject, event) => {
      if (dies === 'before-publish') await dead();
      await publisher.forward(subject, event);
      if (dies === 'after-publish') await dead();
    },
  });
  const { model } = await startOwner({ ...options, sweepMs: 200, around });
  for (let count = 0; count < things; count += 1) {
    const thing = newThing(model, `thing ${count}`);
    await thing.save();
    if (!dies) await updateAggregate(model, thing._id, () => 'ticket:updated');
  }
  process.stdout.write('saved\n');
}

void main(JSON.parse(process.argv[2] ?? '{}') as OwnerProgram);
