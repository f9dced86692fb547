import { type Engine, engineNames } from '@ticketing/servers';
import { InvalidArgumentError, Option } from 'commander';

const ENGINES = Object.keys(engineNames) as Engine[];
const DEFAULT: Engine = 'streaming';

/** `--broker`, else the variable BROKER, else `streaming`: an `Engine`. */
export function brokerOption(description = `engine of the broker: ${ENGINES.join(' or ')}`): Option {
  return new Option('--broker <engine>', description).env('BROKER').default(DEFAULT).argParser(engineOf);
}

/** An empty text, as of an empty variable, is none. @throws InvalidArgumentError that says which engines there are */
function engineOf(text: string): Engine {
  const engine = ENGINES.find((name) => name === (text.trim() || DEFAULT));
  if (engine) return engine;
  throw new InvalidArgumentError(`The engines are ${ENGINES.join(' and ')}.`);
}
