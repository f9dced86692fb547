/** The engines that a broker can be, with their names for people. */
export const ENGINE_NAMES = { streaming: 'NATS Streaming', jetstream: 'JetStream' } as const;
export type EngineName = keyof typeof ENGINE_NAMES;
