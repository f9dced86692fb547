import { portInUse, reasonOf } from './kubectl-words';

// The output of kubectl 1.32 on a cluster.
const LOST =
  'E1124 16:11:30.955926   11035 portforward.go:424] "Unhandled Error" err="an error occurred forwarding 14222 -> 4222: error forwarding port 4222 to pod 61ece844, uid : network namespace for sandbox \\"61ece844\\" is closed"\nerror: lost connection to pod\n';
const TAKEN =
  'Unable to listen on port 14222: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:14222: bind: address already in use unable to create listener: Error listen tcp6 [::1]:14222: bind: address already in use]\n';

test.each([
  [LOST, 'lost connection to pod, at a connection to its port 4222'],
  ['error: lost connection to pod\n', 'lost connection to pod'],
])('takes the reason out of %j', (stderr, reason) => expect(reasonOf(stderr)).toBe(reason));

test('sees which local port is taken', () => {
  expect(portInUse(`E1124 something\n${TAKEN}`)).toBe(14222);
  expect(portInUse(LOST)).toBeUndefined();
});
