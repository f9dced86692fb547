import { baseConfig } from './config';
import { loadConfig } from '../runtime/environment';
import { thingModel, thingState } from '../outbox/owner.test.helper';
import { reEmitCommand } from './re-emit-command';

/** The command of the owner of things, as a service has one. */
void reEmitCommand(
  {
    name: 'things',
    config: () => loadConfig(baseConfig('things'), process.env),
    aggregates: (connection) => [{ model: thingModel(connection), subject: () => 'ticket:updated', state: thingState }],
  },
  process.argv.slice(2),
);
