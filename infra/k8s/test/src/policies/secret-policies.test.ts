import { CONTAINER, MONGODB, nothing, ORDERS, seesWhatIsBroken, TICKETS } from './broken.test.helper';
import { secretPolicies } from './secret-policies';

const secret = (name: string, key: string, optional?: boolean) => ({ secretKeyRef: { name, key, optional } });

seesWhatIsBroken(secretPolicies, {
  'nothing secret is committed': [
    ['ConfigMap orders-mongodb', 'kind', 'Secret', 'is committed'],
    [TICKETS, `${CONTAINER}/env/6`, { name: 'JWT_KEY', value: 'x' }, 'the value of JWT_KEY'],
    [TICKETS, `${CONTAINER}/env/1/value`, 'mongodb://tickets:word@tickets-mongodb:27017', 'a password'],
  ],
  'no pod starts without its secrets': [
    [TICKETS, `${CONTAINER}/env/6/valueFrom`, secret('ticketing-jwt', 'JWT_KEY', true), 'without its secret'],
  ],
  'every secret is one that k8s:secrets makes': [
    [TICKETS, `${CONTAINER}/env/6/valueFrom`, secret('jwt', 'JWT_KEY'), 'nobody makes'],
    [TICKETS, `${CONTAINER}/env/6/valueFrom`, secret('ticketing-jwt', 'KEY'), 'nobody makes'],
  ],
  'MongoDB asks for credentials': [
    [MONGODB, `${CONTAINER}/args`, nothing, '--auth is missing'],
    [MONGODB, `${CONTAINER}/env/2/name`, 'ROOT', 'no password of root'],
    [MONGODB, `${CONTAINER}/env/1`, { name: 'MONGO_PASSWORD', value: '' }, "no password of the service's"],
  ],
  'a service signs in to its own MongoDB': [
    [ORDERS, `${CONTAINER}/env/1/value`, 'mongodb://orders-mongodb:27017', 'does not sign in'],
    [ORDERS, `${CONTAINER}/env/0/valueFrom/secretKeyRef/name`, 'tickets-mongodb', 'another password'],
    [MONGODB, `${CONTAINER}/env/0/value`, 'order', 'has no user'],
    [ORDERS, `${CONTAINER}/env/1/valueFrom`, secret('tickets-mongodb', 'MONGO_URI'), 'the MongoDB of'],
  ],
});

describe('in prod', () => {
  seesWhatIsBroken(
    secretPolicies,
    {
      'a service signs in to its own MongoDB': [
        [ORDERS, `${CONTAINER}/env/0/valueFrom`, secret('tickets-mongodb', 'MONGO_URI'), 'tickets-mongodb'],
      ],
    },
    'overlays/prod',
  );
});
