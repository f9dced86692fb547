import type { Config, ConfigShape, RunningService, ServiceOverrides } from '@ticketing/common';

/**
 * The service that a shared suite tests: its name, which is also that of its main collection, its start, and its
 * variables.
 */
export interface ServiceUnderTest<Shape extends ConfigShape> {
  readonly name: string;
  readonly start: (config: Config<Shape>, overrides: ServiceOverrides) => Promise<RunningService>;
  readonly config: Shape;
}
