/** The last line that kubectl printed on standard error, without the prefix of every error. */
export function reasonOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '').at(-1) ?? 'kubectl said nothing';
  return last.replace(/^(error|Error from server( \(\w+\))?|Error in configuration): /, '');
}

/** Whether it says that the user may not do this. Then a retry does not help. */
export function isForbidden(stderr: string): boolean {
  return /forbidden|Unauthorized|must be logged in/i.test(stderr);
}

/** What to do about it. @param rights what the user must be allowed to do, such as "list pods" */
export function hintFor(stderr: string, { namespace }: { readonly namespace: string }, rights: string): string {
  if (/namespaces .* not found/.test(stderr))
    return 'Those that there are: kubectl get namespaces. Name one by --namespace.';
  if (isForbidden(stderr)) {
    return (
      `The user of this context must be allowed to ${rights} in ${namespace}:\n` +
      `  kubectl auth can-i --list --namespace ${namespace}`
    );
  }
  if (/context .*(not found|not exist)/.test(stderr))
    return 'Those that there are: kubectl config get-contexts. Name one by --context.';
  return 'Does the cluster run, and is it the one that KUBECONFIG or --context names? See: kubectl cluster-info';
}
