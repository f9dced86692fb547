import { loadConfig, reEmitCommand } from '@ticketing/common';
import { newThingsConfig } from './config';
import { newThingModel, reEmittedNewThings } from './new-thing';

void reEmitCommand(
  {
    name: 'new-things',
    config: () => loadConfig(newThingsConfig, process.env),
    aggregates: (connection) => [reEmittedNewThings(newThingModel(connection))],
  },
  process.argv.slice(2),
);
