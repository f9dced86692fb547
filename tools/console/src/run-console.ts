import { once } from 'node:events';
import { need, withBroker, withDatabases } from '@ticketing/operate';
import { factsOf, groupOf, publishedBy, serviceNames } from '@ticketing/services';
import { Acts } from './acts/acts';
import { Api, USERS } from './acts/api';
import { breakActs } from './acts/break';
import { Jobs } from './acts/jobs';
import { NpmStart } from './acts/npm-start';
import { operateActs } from './acts/operate';
import { sellActs } from './acts/sell';
import { Facts } from './facts/facts';
import type { ConsoleOptions } from './options';
import type { Live } from './server/event-stream';
import { type ConsoleServer, serveConsole } from './server/console-server';

const REPLICAS = serviceNames.flatMap((keeper) =>
  Object.keys(factsOf(keeper).replicas).map((collection) => `${keeper}.${collection}`),
);
const SERVICES = serviceNames.map((name) => {
  const { consumes } = factsOf(name);
  return { name, publishes: publishedBy(name), consumes, group: groupOf(name) };
});

function liveOf(jobs: Jobs, start: NpmStart | undefined): Live {
  return {
    get jobs() {
      return jobs.list;
    },
    get parts() {
      return start?.parts ?? [];
    },
    onChange: (listener) => {
      const ends = [jobs.onChange(listener), start?.onChange(listener)];
      return () => ends.forEach((end) => end?.());
    },
  };
}

/**
 * Serves the console for a system until it is asked to stop.
 * @param env has JWT_KEY, if the page may sell
 * @param onReady gets the server as soon as it answers
 * @throws CommandError when an address is missing, or a server cannot be reached at first
 */
export async function runConsole(
  { addresses, port, mayAct, api }: ConsoleOptions,
  env: NodeJS.ProcessEnv,
  stop: AbortSignal,
  onReady: (server: ConsoleServer) => void,
): Promise<void> {
  const natsUrl = need(addresses, 'nats');
  await withDatabases(addresses, (databases) =>
    withBroker(natsUrl, addresses, async (broker) => {
      const facts = new Facts({ databases, broker, engine: addresses.broker, monitorUrl: addresses.monitor });
      const jobs = new Jobs();
      const start = process.send
        ? new NpmStart({
            onLine: (service, text) => facts.line(service, text),
            onHappened: (text) => jobs.note(text),
          })
        : undefined;
      const key = env['JWT_KEY'];
      const caller = mayAct && api !== undefined && key ? new Api(api, key) : undefined;
      const acts = new Acts(
        operateActs(jobs, addresses, REPLICAS),
        caller ? sellActs(caller, broker) : {},
        caller && start ? breakActs({ start, jobs, facts, broker, api: caller }) : {},
      );
      const server = await serveConsole({
        ...{ port, facts, live: liveOf(jobs, start), acts: mayAct ? acts : undefined },
        hello: {
          ...{ mayAct, maySell: caller !== undefined, mayBreak: caller !== undefined && start !== undefined },
          ...{ users: USERS, services: SERVICES, broker: addresses.broker, replicas: REPLICAS },
        },
      });
      try {
        start?.ready(server.url);
        onReady(server);
        if (!stop.aborted) await once(stop, 'abort');
      } finally {
        await server.close();
        await facts.close();
      }
    }),
  );
}
