import { hintFor, isForbidden, reasonOf } from './kubectl-words';

// The output of kubectl 1.32 on a cluster.
const LOST =
  'E1124 16:11:30.955926   11035 portforward.go:424] "Unhandled Error" err="an error occurred forwarding 14222 -> 4222: error forwarding port 4222 to pod 61ece844, uid : network namespace for sandbox \\"61ece844\\" is closed"\nerror: lost connection to pod\n';
const NO_CONFIG =
  'E1124 16:01:12.435717   28107 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list"\nThe connection to the server localhost:8080 was refused - did you specify the right host or port?\n';
const NO_CONTEXT = 'Error in configuration: context was not found for specified context: nope\n';
const NO_NAMESPACE = 'Error from server (NotFound): namespaces "nope" not found\n';
const MAY_NOT_LIST =
  'Error from server (Forbidden): pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace "ticketing"\n';
const MAY_NOT_FORWARD =
  'error: error upgrading connection: pods "nats-streaming-0" is forbidden: User "carol" cannot create resource "pods/portforward" in API group "" in the namespace "ticketing"\n';

test.each([
  [LOST, 'lost connection to pod'],
  [NO_CONFIG, 'The connection to the server localhost:8080 was refused - did you specify the right host or port?'],
  [NO_CONTEXT, 'context was not found for specified context: nope'],
  [NO_NAMESPACE, 'namespaces "nope" not found'],
  ['\n', 'kubectl said nothing'],
])('takes the reason out of %j', (stderr, reason) => expect(reasonOf(stderr)).toBe(reason));

test('sees what only another user may do', () => {
  expect([MAY_NOT_LIST, MAY_NOT_FORWARD, LOST, NO_CONFIG, NO_NAMESPACE].map(isForbidden)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test.each([
  [NO_CONTEXT, /kubectl config get-contexts.*--context/],
  [NO_NAMESPACE, /kubectl get namespaces.*--namespace/],
  [MAY_NOT_LIST, /allowed to list pods in ticketing:\n {2}kubectl auth can-i --list --namespace ticketing/],
  [NO_CONFIG, /kubectl cluster-info/],
])('says what to do about %j', (stderr, hint) => {
  expect(hintFor(stderr, { namespace: 'ticketing' }, 'list pods')).toMatch(hint);
});
