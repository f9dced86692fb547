import { consumerOf, filterOf, STREAM } from '@ticketing/common/jetstream-names';
import { factsOf, groupOf, inCapitals, publishedBy, type ServiceName, serviceNames } from '../services';
import { BY, type WrittenFile } from './written-file';

const OVERLAY = 'infra/k8s/overlays/jetstream';
const NODES = ['nats-0.nats', 'nats-1.nats', 'nats-2.nats'];

/** Subjects that a service may publish: its events, and requests about the stream and the consumers of its own group. */
function mayPublish(name: ServiceName): readonly string[] {
  const consumers = factsOf(name).consumes.flatMap((channel) => {
    const consumer = consumerOf(channel, groupOf(name));
    return [
      `$JS.API.CONSUMER.INFO.${STREAM}.${consumer}`,
      `$JS.API.CONSUMER.CREATE.${STREAM}.${consumer}.${filterOf(channel)}`,
      `$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${consumer}`,
      `$JS.ACK.${STREAM}.${consumer}.>`,
    ];
  });
  const stream = ['INFO', 'CREATE', 'MSG.GET'].map((verb) => `$JS.API.STREAM.${verb}.${STREAM}`);
  return [...publishedBy(name).map(filterOf), ...stream, ...consumers];
}

/** Who may do what at the broker. */
export function brokerUsers(): WrittenFile {
  const users = serviceNames.map(
    (name) => `      {
        user: ${name}
        password: $${inCapitals(name)}_PASSWORD
        permissions {
          publish: [
${mayPublish(name)
  .map((subject) => `            "${subject}"\n`)
  .join('')}          ]
          subscribe: "_INBOX.>"
        }
      }
`,
  );
  const text = `# ${BY}
# Who may do what. Each password is from a Secret. No service may change or delete the stream, empty it, read another group's
# messages, or publish another owner's events. All replies are subjects of _INBOX; only the server may publish there, and a
# service that listens to another one's replies sees only what it may read anyway.
#
# STREAM.CREATE makes the stream where there is none, and cannot change one. STREAM.MSG.GET reads one message: to look for one
# that the server calls a duplicate, and for the first one after a position.
accounts {
  TICKETING {
    jetstream: enabled
    users: [
${users.join('')}      # A person: the auditor, \`ops\`, the \`nats\` CLI. Everything in this account.
      { user: operator, password: $OPERATOR_PASSWORD }
    ]
  }
  # A person, about the servers themselves: \`nats server report\`, and to remove a node that is lost for good.
  SYS {
    users: [{ user: system, password: $SYSTEM_PASSWORD }]
  }
}
system_account: SYS
`;
  return { path: `${OVERLAY}/nats/users.conf`, text };
}

/** The passwords of these users, for the nodes. */
export function brokerPasswords(): WrittenFile {
  const secrets = serviceNames.map(
    (name) => `            - name: ${inCapitals(name)}_SECRET
              valueFrom:
                secretKeyRef:
                  name: ${name}-nats
                  key: NATS_PASSWORD
            - name: ${inCapitals(name)}_PASSWORD # in quotes, or the server takes digits for a number
              value: '"$(${inCapitals(name)}_SECRET)"'
`,
  );
  const text = `# ${BY}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: nats
spec:
  template:
    spec:
      containers:
        - name: nats
          env:
${secrets.join('')}`;
  return { path: `${OVERLAY}/nats/service-passwords.yaml`, text };
}

/** The address of the broker for each service, as its own user. */
export function brokerAddresses(): WrittenFile {
  const deployments = serviceNames.map((name) => {
    const [first, ...others] = NODES.map((node) => `${node}:4222`);
    const url = [`${name}:$(NATS_PASSWORD)@${first}`, ...others].map((node) => `nats://${node}`).join(',');
    return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ticketing
spec:
  template:
    spec:
      containers:
        - name: service
          env:
            - name: NATS_PASSWORD
              valueFrom:
                secretKeyRef:
                  name: ${name}-nats
                  key: NATS_PASSWORD
            - name: BROKER
              value: jetstream
            - name: NATS_URL # every node: a client tries each of them once, then begins again
              value: ${url}
            - name: NATS_CLUSTER_ID # of NATS Streaming
              $patch: delete
`;
  });
  return { path: `${OVERLAY}/services.yaml`, text: `# ${BY}\n${deployments.join('---\n')}` };
}
