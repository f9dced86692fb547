import { join } from 'node:path';
import { connectedWithin, createBroker, createLogger } from '@ticketing/common';
import { smallDisk, startBroker } from '@ticketing/servers';
import { waitFor } from '@ticketing/testing';
import { keepServer, STUCK_WHEN } from './kept-server';

jest.setTimeout(240_000);
const IN_TIME = { timeoutMs: 90_000 };

test('JetStream whose disk was full is started again, and stores when there is space', async () => {
  const disk = smallDisk(64);
  if (!disk) return;
  const lines: string[] = [];
  const start = (output: (text: string) => void) =>
    startBroker('jetstream', { dataDir: join(disk.dir, 'jetstream'), output });
  const kept = await keepServer('JetStream', start, (line) => lines.push(line), STUCK_WHEN.jetstream);
  const broker = createBroker({
    ...{ engine: 'jetstream', url: kept.first.url, clusterId: '', clientIdPrefix: 'disk' },
    ...{ logger: createLogger({ name: 'disk', level: 'silent' }), timeoutMs: 1_000 },
  });
  const isStored = (payload: string) =>
    broker.publish('disk', payload).then(
      () => true,
      () => false,
    );
  try {
    expect(await connectedWithin(broker, IN_TIME.timeoutMs)).toBe(true);
    expect(await isStored('before')).toBe(true);
    disk.fill();
    await waitFor(async () => !(await isStored('x'.repeat(10_000))), { ...IN_TIME, what: 'the disk to be full' });
    await waitFor(() => lines.length > 0, { ...IN_TIME, what: 'a word about it' });
    disk.free();
    await waitFor(() => isStored('after'), { ...IN_TIME, what: 'a message to be stored' });
    expect(lines[0]).toMatch(/^JetStream takes nothing any more: .*no space left on device.* It is started again\.$/);
  } finally {
    await broker.close();
    await kept.kill();
    disk.remove();
  }
});
