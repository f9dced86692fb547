import { inspect } from 'node:util';
import { hasColor, paint, visible, visibleColoured } from '@ticketing/command-line';
import type { Message } from 'node-nats-streaming';

/**
 * A message in one line: sequence, whether it is redelivered, when the server stored it, channel, data, and a remark.
 */
export function messageLine(message: Message, remark = ''): string {
  const again = message.isRedelivered() ? paint('yellow', 'redelivered') : 'new';
  const at = paint('gray', message.getTimestamp().toISOString());
  const line = `#${message.getSequence()} ${again} ${at} ${visible(message.getSubject())} ${dataOf(String(message.getData()))}`;
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
