import { join } from 'node:path';
import type { SystemAddresses } from '@ticketing/operate';
import { inCapitals, type ServiceName, serviceNames } from '@ticketing/services';
import { z } from 'zod';
import { quoted } from '../page/model/commands';
import { type Act, act } from './acts';
import type { Jobs } from './jobs';

const ROOT = join(__dirname, '..', '..', '..', '..');
const OPS = join(ROOT, 'tools/operate/dist/main.js');

/** The environment in which the operator's programs look at this system, and at no other. */
export function operatorEnv({ databases, nats, clusterId, broker, monitor }: SystemAddresses): NodeJS.ProcessEnv {
  // Without what npm and its programs know of the program that was started here.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|TICKETING_STARTED$|MONGO_URI$)/i.test(name));
  return {
    ...Object.fromEntries(own),
    ...Object.fromEntries(serviceNames.map((name) => [`${inCapitals(name)}_MONGO_URI`, databases[name]])),
    ...{ NATS_URL: nats, NATS_CLUSTER_ID: clusterId, BROKER: broker, NATS_MONITOR_URL: monitor ?? '' },
  };
}

/** The operator's programs, as they are started in a terminal. What they say goes to the page line by line. */
export function operateActs(
  jobs: Jobs,
  addresses: SystemAddresses,
  replicas: readonly string[],
): Readonly<Record<string, Act>> {
  const env = operatorEnv(addresses);
  const ops = (title: string, ...args: readonly string[]) =>
    jobs.program(title, ['npm run ops --', ...args.map(asWord)].join(' '), [OPS, ...args], env);
  const letters = z.object({ id: z.string().min(1).optional() });
  const chosen = ({ id }: z.infer<typeof letters>) => (id === undefined ? '--all' : id);
  const service = z.object({ service: z.enum(serviceNames as readonly [ServiceName, ...ServiceName[]]) });

  return {
    audit: act(z.object({}), () => ops('Audit', 'audit', '--settle', '5000')),
    redrive: act(letters, (given) => ops('Redrive', 'dead-letters', 'redrive', chosen(given), '--wait', '10000')),
    drop: act(letters, (given) => ops('Drop', 'dead-letters', 'drop', chosen(given), '--yes')),
    rebuild: act(z.object({ replica: z.enum(replicas) }), ({ replica }) =>
      ops(`Rebuild ${replica}`, 'rebuild', '--replica', replica),
    ),
    're-emit': act(service, ({ service: name }) => {
      const program = `services/${name}/dist/re-emit.js`;
      // It needs every variable of the service, and no token is checked: any key does where there is none.
      const its = {
        ...env,
        MONGO_URI: addresses.databases[name],
        JWT_KEY: process.env['JWT_KEY'] || 'unused'.repeat(8),
      };
      jobs.program(`Re-emit ${name}`, `node ${program}`, [join(ROOT, program)], its);
    }),
  };
}

const asWord = (text: string) => (/^[\w:./=-]+$/.test(text) ? text : quoted(text));
