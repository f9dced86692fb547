import { join } from 'node:path';

const REFUSED =
  /Failed to start: unable to recover (message store for \[(?<messages>.+?)\]|subscription store for \[(?<subscriptions>.+?)\]|client file|server file)(.*): (?<why>unexpected EOF|corrupted data.*|(unable to verify|unsupported) file version.*|incorrect file size.*)/;

/**
 * Why the server did not start on a store, and what to do, for people.
 * @param output the end of its output
 * @param dataDir as it was given to startNats
 * @param store the folder of the store itself
 * @returns undefined when it ended for another reason
 */
export function storeRefusal(output: string, dataDir: string, store: string): string | undefined {
  const { messages, subscriptions, why } = REFUSED.exec(output)?.groups ?? {};
  if (why === undefined) return undefined;
  const found = (file: string) =>
    `NATS Streaming does not start on its store: ${join(store, file)} is damaged (${why}).`;
  const again = 'Then npm run audit says what is missing; the owners publish it again (docs/runbook.md, Re-emission).';
  const copy = `First copy ${store} to a safe place.`;
  if (messages !== undefined) {
    const remedy =
      why === 'unexpected EOF'
        ? `Its last message, which was acked, is not whole. This cuts it and starts; end it by Ctrl-C and start as usual:\n` +
          `  npm run nats:server -- --dir ${dataDir} --file_truncate_bad_eof`
        : `Nothing repairs that. Move the folder away, and start with an empty store:\n  mv ${store} ${store}.damaged`;
    return [found(join(messages, 'msgs.*.dat')), copy, remedy, again].join('\n');
  }
  const file = subscriptions
    ? join(subscriptions, 'subs.dat')
    : output.includes('client file')
      ? 'clients.dat'
      : 'server.dat';
  const without =
    'No message is in it: without it groups get every message again, and ignore the versions that they have.';
  return [found(file), copy, without, `  mv ${join(store, file)} ${join(store, file)}.damaged`].join('\n');
}
