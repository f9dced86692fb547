import { join } from 'node:path';
import { type ServiceName, serviceNames } from '@ticketing/services';
import { type Part, PLACES } from '../system/parts';
import { newestOutput } from './newest-output';
import type { RestartableService } from './restartable-service';
import { watchCompiler } from './watch-compiler';

const ROOT = join(__dirname, '..', '..', '..', '..');

/**
 * `npm run dev`: builds the services whenever a source file is edited, and restarts those whose program has changed. With an error of
 * types the programs that run go on.
 */
export function restartOnEdit(
  services: Readonly<Record<ServiceName, RestartableService>>,
  say: (line: string) => void,
): Part {
  const outputOf = (name: string) =>
    newestOutput([join(ROOT, 'packages/common/dist'), join(ROOT, 'services', name, 'dist')]);
  const known = new Map(serviceNames.map((name) => [name, outputOf(name)]));

  const onRound = (errors: readonly string[]) => {
    if (errors.length > 0) return say([...errors, 'Nothing is restarted until this is right.'].join('\n'));
    for (const name of serviceNames) {
      const output = outputOf(name);
      if (output === known.get(name)) continue;
      known.set(name, output);
      void services[name].restart();
    }
  };
  const projects = serviceNames.map((name) => `services/${name}/tsconfig.src.json`);
  const compiler = watchCompiler({ root: ROOT, projects, onRound });
  const stop = () => compiler.stop();
  return { name: 'compiler', place: PLACES.ingress, stop, kill: stop, exited: compiler.exited };
}
