import { join } from 'node:path';
import { NatsUrlError, readNatsUrl } from '@ticketing/common/nats-url';

/** The settings of `npm start` from its environment. */
export interface Settings {
  /** Of the ingress. */
  readonly port: number;
  /** Of the servers that are started; a free one when undefined. */
  readonly mongoPort: number | undefined;
  readonly natsPort: number | undefined;
  /** Where everything is kept. */
  readonly dataDir: string;
  readonly logLevel: string;
  /** One line for each step of an event. Whoever chooses a level gets what is logged at it. */
  readonly tellEvents: boolean;
}

/** The environment is wrong; the message tells the user what to change. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** @throws SettingsError that names every variable that is wrong. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const problems: string[] = [];
  const port = (name: string): number | undefined => {
    const given = env[name];
    if (!given) return undefined;
    const number = /^\d{1,5}$/.test(given) ? Number(given) : 0;
    if (number < 1 || number > 65_535) problems.push(`${name} is "${given}", but must be a port from 1 to 65535`);
    return number;
  };
  const settings = {
    port: port('PORT') ?? 3000,
    mongoPort: port('MONGO_PORT'),
    natsPort: port('NATS_PORT'),
    dataDir: env['TICKETING_DATA'] || join(__dirname, '..', '..', '..', '..', '.data'),
    logLevel: env['LOG_LEVEL'] || 'info',
    tellEvents: !env['LOG_LEVEL'],
  };
  const natsProblem = env['NATS_URL'] ? problemOf(env['NATS_URL']) : undefined;
  if (natsProblem !== undefined) problems.push(natsProblem);
  if (problems.length > 0) throw new SettingsError(problems.join('\n'));
  return settings;
}

function problemOf(natsUrl: string): string | undefined {
  try {
    readNatsUrl(natsUrl);
    return undefined;
  } catch (error) {
    if (error instanceof NatsUrlError) return error.message;
    throw error;
  }
}
