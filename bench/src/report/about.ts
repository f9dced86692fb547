import type { BenchResult } from '../rounds/result';

/** When, where and on which servers a run was made: a line each. */
export function aboutRun({ at, quick, version, commit, machine, servers, cases }: BenchResult): string[] {
  const rounds = [...new Set(cases.map((one) => one.rounds))].sort((a, b) => a - b);
  const { cpus, model, memoryGiB, node } = machine;
  return [
    `${at.replace(/^(.{10})T(.{5}).*Z$/, '$1 $2 UTC')}, ${rounds.join(' or ')} rounds${quick ? ', a quick run: it shows that everything works, not how fast it is' : ''}`,
    `Version ${version}, commit ${commit}`,
    `Machine: ${cpus} CPUs (${model}), ${Math.round(memoryGiB)} GiB, Node ${node.replace(/^v/, '')}`,
    `MongoDB: ${servers.mongo}`,
    `${servers.broker}: ${servers.nats}`,
  ];
}
