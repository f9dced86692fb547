import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@ticketing/servers';
import { publishScrapeTargets } from '@ticketing/start';
import { parse, stringify } from 'yaml';
import { OBSERVABILITY, textOf } from './files.helper';

interface Config {
  readonly scrape_configs: readonly { readonly file_sd_configs: readonly { files: string[] }[] }[];
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface RuleState {
  readonly name: string;
  readonly health: string;
  readonly state: string;
  readonly lastError?: string;
}

export interface Prometheus {
  /** The present value of an expression. @throws Error with Prometheus's message when it cannot evaluate it */
  query(expr: string): Promise<readonly Sample[]>;
  rules(): Promise<readonly RuleState[]>;
  stop(): Promise<void>;
}

/** A Prometheus with the configuration that people use, every second instead of every fifteen, that reads these services. */
export async function startPrometheus(urls: readonly string[]): Promise<Prometheus> {
  const dir = mkdtempSync(join(tmpdir(), 'prometheus-'));
  publishScrapeTargets(dir, urls);
  const config = parse(textOf('prometheus.yaml').replaceAll('15s', '1s')) as Config;
  for (const { file_sd_configs } of config.scrape_configs) {
    for (const one of file_sd_configs) one.files = [join(dir, 'scrape-targets.json')];
  }
  const file = join(dir, 'prometheus.yaml');
  writeFileSync(file, stringify({ ...config, rule_files: [join(OBSERVABILITY, 'alerts.yaml')] }));
  const program = {
    command: 'prometheus',
    args: (port: number, dataDir: string) => [
      ...[`--config.file=${file}`, `--storage.tsdb.path=${dataDir}`, `--web.listen-address=127.0.0.1:${port}`],
    ],
    ready: /Server is ready to receive web requests/,
    dataName: 'prometheus',
  };
  const server = await startServer(program, {}, process.env);
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: unknown; error?: string };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  };
  return {
    async query(expr) {
      const data = (await get(`query?query=${encodeURIComponent(expr)}`)) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
      };
      return data.result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
    },
    async rules() {
      const { groups } = (await get('rules')) as { groups: { rules: RuleState[] }[] };
      return groups.flatMap((group) => group.rules);
    },
    async stop() {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
