import { restartableJetStream } from '@ticketing/servers';
import { asOperator, type BrokerEngine } from '@ticketing/testing';
import { filterOf, STREAM, SUBJECTS } from './names';

/** Permissions with which a client may use this channel only. */
function allowing(channel: string): string {
  const subject = filterOf(channel);
  const allowed = [
    ...[subject, '$JS.API.STREAM.>', '$JS.API.DIRECT.>', '$JS.ACK.>'],
    ...['$JS.API.CONSUMER.INFO.>', '$JS.API.CONSUMER.MSG.NEXT.>', `$JS.API.CONSUMER.CREATE.*.*.${subject}`],
  ];
  const user = `{ user: any, password: any, permissions: { publish: ${JSON.stringify(allowed)} } }`;
  return `no_auth_user: any\nauthorization { users: [ ${user} ] }`;
}

export const jetStreamEngine: BrokerEngine = {
  name: 'JetStream',
  start: async ({ messages, only } = {}) => {
    const server = await restartableJetStream(undefined, { config: only === undefined ? '' : allowing(only) });
    if (messages !== undefined) {
      const stream = { name: STREAM, subjects: [SUBJECTS], max_msgs_per_subject: messages };
      await asOperator(server.url, (manager) => manager.streams.add(stream));
    }
    return server;
  },
  settings: (url) => ({ engine: 'jetstream', url, clusterId: 'ticketing' }),
};
