import * as kubernetes from '@ticketing/kubernetes';

/** The output of `kubectl port-forward` on standard error, as one line. */
export function reasonOf(stderr: string): string {
  // Its long log line before the last names the port. A port that nothing listens on in the pod ends kubectl as well.
  const port = /an error occurred forwarding \d+ -> (\d+):/.exec(stderr)?.[1];
  const reason = kubernetes.reasonOf(stderr);
  return port === undefined ? reason : `${reason}, at a connection to its port ${port}`;
}

/** The local port that kubectl could not listen on, if it says that; it goes on with the other ports. */
export function portInUse(stderr: string): number | undefined {
  const port = /^Unable to listen on port (\d+):/m.exec(stderr)?.[1];
  return port === undefined ? undefined : Number(port);
}
