import { baseConfig, type Config } from '@ticketing/common';

/** Every environment variable of new-things. */
export const newThingsConfig = baseConfig('new-things');
export type NewThingsConfig = Config<typeof newThingsConfig>;
