import * as kubernetes from '@ticketing/kubernetes';

/** What `kubectl port-forward` printed on standard error, as one line. */
export function reasonOf(stderr: string): string {
  // Its long log line before the last says which port it was: one that nothing listens on in the pod ends kubectl as well.
  const port = /an error occurred forwarding \d+ -> (\d+):/.exec(stderr)?.[1];
  const reason = kubernetes.reasonOf(stderr);
  return port === undefined ? reason : `${reason}, at a connection to its port ${port}`;
}

/** The local port that kubectl could not listen on, if that is what it says: it goes on with the others all the same. */
export function portInUse(stderr: string): number | undefined {
  const port = /^Unable to listen on port (\d+):/m.exec(stderr)?.[1];
  return port === undefined ? undefined : Number(port);
}
