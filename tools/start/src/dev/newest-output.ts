import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** When a program in one of these folders was last written (ms since 1970); 0 where there is none. */
export function newestOutput(folders: readonly string[]): number {
  const times = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js') && !file.includes('.test.'))
      .map((file) => statSync(join(folder, file)).mtimeMs),
  );
  return Math.max(0, ...times);
}
