import { serviceNames } from '@ticketing/services';
import { kubectl } from './kubectl';
import { say } from './report';
import { readSettings } from './settings';
import { strangerPod } from './stranger.helper';
import { BROKER } from './workloads';

/** Only the services may call these, and these may call nothing. */
const BROKER_HOST = BROKER.pods > 1 ? `${BROKER.name}-0.${BROKER.name}` : BROKER.name;
const FORBIDDEN = [`${BROKER_HOST}:4222`, ...serviceNames.flatMap((name) => [`${name}-mongodb:27017`, `${name}:3000`])];

/** Tries to connect to each address for 3 s, and prints those that it could. */
const SCRIPT = `
const { connect } = require('node:net');
const tried = process.argv.slice(1).map((address) => new Promise((resolve) => {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host, () => { console.log(address); socket.destroy(); resolve(); });
  socket.setTimeout(3000, () => { socket.destroy(); resolve(); });
  socket.on('error', resolve);
}));
Promise.all(tried).then(() => console.log('tried'));
`;

async function reachedByAStranger(): Promise<string[]> {
  await kubectl(['delete', 'pod', 'stranger', '--ignore-not-found']);
  const pod = strangerPod('stranger', ['-e', SCRIPT, ...FORBIDDEN]);
  await kubectl(['create', '--filename', '-'], { input: JSON.stringify(pod) });
  try {
    await kubectl(['wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/stranger', '--timeout=60s']);
    const lines = (await kubectl(['logs', 'stranger'])).trim().split('\n');
    expect(lines.at(-1)).toBe('tried');
    return lines.slice(0, -1).sort();
  } finally {
    await kubectl(['delete', 'pod', 'stranger', '--grace-period=1']);
  }
}

// The user says which one runs, because a cluster that enforces nothing must not look like one that does.
if (readSettings().cniEnforces) {
  test('another pod of the namespace reaches neither the broker, nor a MongoDB, nor a service', async () => {
    const reached = await reachedByAStranger();
    if (reached.length === FORBIDDEN.length) {
      throw new Error(
        'Nothing was refused: this cluster does not enforce NetworkPolicies. If that is so, set CNI_ENFORCES=no.',
      );
    }
    expect(reached).toEqual([]);
  });
} else {
  test('NOT PROVEN, by CNI_ENFORCES=no: this cluster does not enforce NetworkPolicies, and indeed refuses nothing', async () => {
    expect(await reachedByAStranger()).toEqual([...FORBIDDEN].sort());
    say('NetworkPolicies are not enforced by this cluster: that they refuse anything is NOT proven here');
  });
}
