import { inspect } from 'node:util';
import { hasColor, paint, visible, visibleColoured } from '@ticketing/command-line';

export interface ShownMessage {
  readonly channel: string;
  readonly sequence: number;
  readonly redelivered: boolean;
  /** ISO. */
  readonly storedAt: string;
  readonly text: string;
}

/**
 * A message in one line: sequence, whether it is redelivered, when the server stored it, channel, data, and a remark.
 */
export function messageLine(message: ShownMessage, remark = ''): string {
  const again = message.redelivered ? paint('yellow', 'redelivered') : 'new';
  const at = paint('gray', message.storedAt);
  const line = `#${message.sequence} ${again} ${at} ${visible(message.channel)} ${dataOf(message.text)}`;
  return remark === '' ? line : `${line} ${paint('red', `(${remark})`)}`;
}

/** JSON is shown as a value, anything else unchanged. */
function dataOf(text: string): string {
  try {
    const data = JSON.parse(text) as unknown;
    const options = { colors: hasColor(), depth: null, breakLength: Infinity, maxStringLength: null };
    return visibleColoured(inspect(data, options));
  } catch {
    return visible(text);
  }
}
