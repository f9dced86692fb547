import { contracts } from '@ticketing/common';
import { build } from '../manifests/build';
import { systems } from '../manifests/kustomizations';
import { ofKind, type Workload } from '../manifests/objects';
import { amount } from './container-policies';

const UNITS: Readonly<Record<string, number>> = { MB: 2 ** 20, GB: 2 ** 30 };
/** A channel drops whole files of 64 MB, so it may be over its bound by one; besides there are indexes. */
const [FILE_BYTES, INDEXES] = [64 * 2 ** 20, 1.05];

/** What the channels may take, and what the volume has, in bytes; a cluster has the log of Raft on it as well. */
function disk(nats: Workload | undefined): { needed: number; given: number } {
  const limit = nats?.spec.template.spec.containers[0]?.args?.find((arg) => arg.startsWith('-mb=')) ?? '';
  const [, count = '', unit = ''] = /(\d+)([MG]B)/.exec(limit) ?? [];
  const channel = Number(count) * (UNITS[unit] ?? NaN) + FILE_BYTES;
  const needed = channel * Object.keys(contracts).length * INDEXES;
  return { needed, given: amount(nats?.spec.volumeClaimTemplates?.[0]?.spec.resources.requests['storage'] ?? '') };
}

// Those of the tests have small volumes, which they do not fill. In jetstream the server bounds its store itself.
const OTHERS = ['test', 'overlays/jetstream'];
test.each(systems().filter((folder) => !OTHERS.some((other) => folder.startsWith(other))))(
  '%s: every channel at its bound fits the volume',
  async (folder) => {
    const nats = ofKind<Workload>(await build(folder), 'StatefulSet').find(
      ({ metadata }) => metadata.name === 'nats-streaming',
    );
    const { needed, given } = disk(nats);
    expect(needed).toBeGreaterThan(10 ** 9);
    expect(needed).toBeLessThan(given);
  },
);
