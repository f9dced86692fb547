import { createRequire } from 'node:module';
import {
  type ConfigShape,
  loadConfig,
  type Replica,
  type RunningService,
  type ServiceOverrides,
} from '@ticketing/common';
import { factsOf, type ServiceName } from './services';

// By name, when it is asked for: a program that only starts services loads none, and no import names one.
const load = createRequire(__filename);

/** What a built module of a service exports. @param path below its `src` */
function exportsOf(name: ServiceName, path: string): Readonly<Record<string, unknown>> {
  return load(`@ticketing/${name}/dist/${path}`) as Record<string, unknown>;
}

function exported(name: ServiceName, path: string, what: string): unknown {
  const found = exportsOf(name, path)[what];
  if (found === undefined) throw new Error(`services/${name}/src/${path}.ts must export ${what}`);
  return found;
}

const inCamelCase = (text: string) => text.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** Every environment variable of a service. @throws Error when it is not where it belongs */
export function configOf(name: ServiceName): ConfigShape {
  return exported(name, 'config', inCamelCase(`${name}-config`)) as ConfigShape;
}

/** Starts a service in this process, with an environment as its program has it. @throws ConfigError; what it throws */
export function startIn(
  name: ServiceName,
  env: NodeJS.ProcessEnv,
  overrides: ServiceOverrides = {},
): Promise<RunningService> {
  const start = exported(name, 'service', inCamelCase(`start-${name}`));
  return (start as (config: unknown, its: ServiceOverrides) => Promise<RunningService>)(
    loadConfig(configOf(name), env),
    overrides,
  );
}

/** The replicas that a service keeps. @throws Error when one is not where the list says */
export function replicasOf(name: ServiceName): readonly Replica[] {
  return Object.entries(factsOf(name).replicas).map(([collection, path]) => {
    const isIt = (one: unknown) => (one as Partial<Replica> | undefined)?.collection === collection;
    const found = Object.values(exportsOf(name, path)).find(isIt);
    if (!found) throw new Error(`services/${name}/src/${path}.ts must export the replica "${collection}"`);
    return found as Replica;
  });
}
