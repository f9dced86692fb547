import { NATS, ORDERS, nothing, seesWhatIsBroken } from './broken.test.helper';
import { networkPolicies } from './network-policies';

seesWhatIsBroken(networkPolicies, {
  'what no NetworkPolicy allows is denied': [
    ['NetworkPolicy default-deny', 'spec/policyTypes', ['Ingress'], 'denies everything'],
  ],
  'only the calls of the design are allowed': [
    [
      ORDERS,
      'spec/template/metadata/labels/app.kubernetes.io+name',
      'tickets',
      'allowed: orders tickets-mongodb 27017',
    ],
    [
      NATS,
      'spec/template/metadata/labels/app.kubernetes.io+component',
      'service',
      'allowed: nats-streaming nats-streaming 4222',
    ],
    ['NetworkPolicy orders', '', nothing, 'refused: orders orders-mongodb 27017'],
    ['NetworkPolicy services', 'spec/egress/0/ports/0/port', 4223, 'refused: tickets nats'],
  ],
  'every port of a NetworkPolicy exists': [
    ['NetworkPolicy services', 'spec/ingress/0/ports/0/port', 8080, 'the port 8080'],
    ['NetworkPolicy tickets', 'spec/egress/0/ports/0/port', 27018, 'the port 27018'],
    ['NetworkPolicy services', 'spec/ingress/0/from', nothing, 'lets everybody in'],
  ],
  'ingress controllers reach the services, other namespaces do not': [
    ['NetworkPolicy services', 'spec/ingress', [], 'is closed'],
    ['NetworkPolicy services', 'spec/ingress/0/from', [{ namespaceSelector: {} }], 'open'],
  ],
});

describe('in prod', () => {
  seesWhatIsBroken(
    networkPolicies,
    {
      'only the calls of the design are allowed': [
        ['NetworkPolicy nats-streaming-nodes', '', nothing, 'nats-streaming 6222'],
      ],
    },
    'overlays/prod',
  );
});

describe('in jetstream', () => {
  seesWhatIsBroken(
    networkPolicies,
    {
      'only the calls of the design are allowed': [
        ['NetworkPolicy nats', 'spec/egress', [], 'refused: nats nats 6222'],
        ['NetworkPolicy nats', 'spec/ingress/0/ports/0/port', 8222, 'refused: orders nats 4222'],
        ['NetworkPolicy services', 'spec/egress/0/to/0/podSelector/matchLabels', { a: 'b' }, 'refused: tickets nats'],
      ],
    },
    'overlays/jetstream',
  );
});
