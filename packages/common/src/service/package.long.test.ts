import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { withoutScript } from '@ticketing/servers';

const run = promisify(execFile);
const packageDir = join(__dirname, '../..');
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

const usage = `
import { type Broker, type EventOf, type Logger, type Metrics, type ServiceContext, type ServiceParts, startService } from '@ticketing/common';
import { ticketingClient, type Ticket } from '@ticketing/common/client';

type IsAny<T> = 0 extends 1 & T ? true : false;
type Router = Parameters<ServiceParts['routes']>[0];
// Types from a dependency must be real: a missing dependency would be \`any\`.
export const known: [IsAny<ServiceContext['connection']>, IsAny<Router>, IsAny<Logger>, IsAny<Metrics['eventsPublished']>] = [false, false, false, false];
export const version: number = ({} as EventOf<'ticket:updated'>).version;
export const started: Promise<{ port: number }> = startService({} as Parameters<typeof startService>[0]);
export const broker: IsAny<Broker> = false;
export const ticket: Promise<Ticket | undefined> = ticketingClient({ baseUrl: '' })
  .GET('/api/tickets/{id}', { params: { path: { id: '' } } }).then(({ data }) => data);
export const typed: IsAny<Ticket> = false;
// @ts-expect-error there is no such event
export type None = EventOf<'ticket:sold'>;
`;

const settings = {
  compilerOptions: { strict: true, module: 'nodenext', target: 'es2023', skipLibCheck: true, noEmit: true, types: [] },
  files: ['usage.ts'],
};

let project: string;
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'ticketing-package-'));
});
afterAll(() => rm(project, { recursive: true, force: true }));

interface Packed {
  filename: string;
  files: { path: string }[];
}

test('the packed package installs in an empty project, type-checks there, runs, and has no tests in it', async () => {
  const env = withoutScript(process.env);
  const npm = (args: string[], cwd: string) =>
    run('npm', [...args, '--loglevel=error'], { cwd, env, maxBuffer: 10_000_000 });
  const packing = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', project], packageDir);
  const [packed] = JSON.parse(packing.stdout) as [Packed];
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['package.json', 'LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']),
  );
  expect(paths.filter((path) => /\.test\.|tsbuildinfo|^src\//.test(path))).toEqual([]);

  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'empty', version: '1.0.0', private: true }));
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', `./${packed.filename}`], project);
  await writeFile(join(project, 'usage.ts'), usage);
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(settings));
  const checked = await run(process.execPath, [tsc, '-p', project], { cwd: project }).catch((error: unknown) => error);
  expect(checked).toMatchObject({ stdout: '', stderr: '' });

  const required = `const c = require('@ticketing/common');
    process.stdout.write([c.decide(0, 1), typeof c.startService].join());`;
  expect((await run(process.execPath, ['-e', required], { cwd: project })).stdout).toBe('next,function');
  const imported = `import { decide } from '@ticketing/common'; process.stdout.write(decide(1, 1));`;
  const asModule = ['--input-type=module', '-e', imported];
  expect((await run(process.execPath, asModule, { cwd: project })).stdout).toBe('seen');
}, 300_000);
