import { join } from 'node:path';
import { type ServiceName, serviceNames } from '@ticketing/services';
import { type Part, PLACES } from '../system/parts';
import type { RestartableService } from './restartable-service';
import { type Round, watchCompiler } from './watch-compiler';

const ROOT = join(__dirname, '..', '..', '..', '..');
const COMMON = 'packages/common/tsconfig.src.json';
const projectOf = (name: ServiceName) => `services/${name}/tsconfig.src.json`;

/**
 * `npm run dev`: builds the services whenever a source file is edited, and restarts those whose program has changed. With an error of
 * types the programs that run go on.
 */
export function restartOnEdit(
  services: Readonly<Record<ServiceName, RestartableService>>,
  say: (line: string) => void,
): Part {
  const onRound = ({ errors, changed }: Round) => {
    if (errors.length > 0) return say([...errors, 'Nothing is restarted until this is right.'].join('\n'));
    for (const name of serviceNames) {
      if (changed.includes(COMMON) || changed.includes(projectOf(name))) void services[name].restart();
    }
  };
  const compiler = watchCompiler({ root: ROOT, projects: [COMMON, ...serviceNames.map(projectOf)], onRound });
  const stop = () => compiler.stop();
  return { name: 'compiler', place: PLACES.ingress, stop, kill: stop, exited: compiler.exited };
}
