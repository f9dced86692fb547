import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoBinary } from 'mongodb-memory-server-core';
import { MONGOD_VERSION } from './mongod';

// usage: node download-mongod-program.js FOLDER Leaves the program as FOLDER/mongod; the library prints the progress.
async function main(folder: string): Promise<void> {
  const file = await MongoBinary.getPath({ version: MONGOD_VERSION, downloadDir: folder });
  await rename(file, join(folder, 'mongod'));
}

main(process.argv[2] ?? '.').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
