import type { Place } from './kubectl';

/** What kubectl printed on standard error, as one line: the last, without what every error begins with. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '').at(-1) ?? 'kubectl said nothing';
  const reason = last.replace(/^(error|Error from server( \(\w+\))?|Error in configuration): /, '');
  // Its long log line before that says which port it was: one that nothing listens on in the pod ends kubectl as well.
  const port = /an error occurred forwarding \d+ -> (\d+):/.exec(stderr)?.[1];
  return port === undefined ? reason : `${reason}, at a connection to its port ${port}`;
}

/** The local port that kubectl could not listen on, if that is what it says: it goes on with the others all the same. */
export function portInUse(stderr: string): number | undefined {
  const port = /^Unable to listen on port (\d+):/m.exec(stderr)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Whether it says that the user may not do this: no repetition mends that. */
export function isForbidden(stderr: string): boolean {
  return /forbidden|Unauthorized|must be logged in/i.test(stderr);
}

/** What to do about it. */
export function hintFor(stderr: string, { namespace }: Place): string {
  if (/namespaces .* not found/.test(stderr))
    return 'Those that there are: kubectl get namespaces. Name one by --namespace.';
  if (isForbidden(stderr)) {
    return (
      `The user of this context must be allowed to list pods and to create pods/portforward in ${namespace}:\n` +
      `  kubectl auth can-i --list --namespace ${namespace}`
    );
  }
  if (/context .*(not found|not exist)/.test(stderr))
    return 'Those that there are: kubectl config get-contexts. Name one by --context.';
  return 'Does the cluster run, and is it the one that KUBECONFIG or --context names? See: kubectl cluster-info';
}
