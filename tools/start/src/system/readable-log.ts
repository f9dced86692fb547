import { serviceNames } from '@ticketing/services';
import { prettyFactory } from 'pino-pretty';
import type { Settings } from '../settings/settings';
import { eventLine } from './event-line';

const COLORS = [36, 35, 33, 32];
const WIDTH = Math.max(...serviceNames.map(({ length }) => length));
let names = 0;

export interface ReadableLog {
  readonly write: (text: string) => void;
  readonly colorize: boolean;
  readonly settings: Pick<Settings, 'tellEvents'>;
}

/** Turns what a service prints, JSON by pino or anything else, into lines for people that begin with its name. */
export function readableLog(name: string, { write, colorize, settings }: ReadableLog): (line: string) => void {
  const color = COLORS[names++ % COLORS.length];
  const prefix = colorize ? `\u001b[${color}m${name.padEnd(WIDTH)}\u001b[0m ` : `${name.padEnd(WIDTH)} `;
  const pretty = prettyFactory({
    colorize,
    ignore: 'pid,hostname,name',
    translateTime: 'HH:MM:ss.l',
    singleLine: true,
  });
  return (line) => {
    const text = (settings.tellEvents ? eventLine(line) : undefined) ?? pretty(line).trimEnd();
    if (text === '') return;
    write(
      text
        .split('\n')
        .map((each) => `${prefix}${each}\n`)
        .join(''),
    );
  };
}
