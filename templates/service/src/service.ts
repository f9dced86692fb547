import { replicaReader, type RunningService, type ServiceOverrides, startService } from '@ticketing/common';
import type { NewThingsConfig } from './config';
import { createNewThing } from './create-new-thing';
import { newThingModel, reEmittedNewThings } from './new-thing';
import { orderReplica, type OrderReplicaFields } from './order-replica';

/** All parts of new-things. A test starts the same service with its own clock, channels and database. */
export function startNewThings(config: NewThingsConfig, overrides: ServiceOverrides = {}): Promise<RunningService> {
  return startService({
    name: 'new-things',
    config,
    ...overrides,
    assemble: ({ connection, createOnce }) => {
      const NewThing = newThingModel(connection);
      const orders = replicaReader<OrderReplicaFields>(connection, orderReplica);
      return {
        owned: [NewThing],
        reEmitted: [reEmittedNewThings(NewThing)],
        listeners: [orderReplica],
        routes: (router) => createNewThing(router, { NewThing, orders, createOnce }),
      };
    },
  });
}
