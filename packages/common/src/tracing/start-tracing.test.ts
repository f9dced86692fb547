import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '@ticketing/servers';
import { startOtlpReceiver, silentLogger, waitFor } from '@ticketing/testing';
import { startTracing } from './start-tracing';
import { currentTraceId, currentTraceparent, inSpan, isTracing } from './tracing';

interface Line {
  readonly msg: string;
  readonly level: number;
  readonly traceId?: string;
}

/**
 * The test program with these variables, and what it has logged so far. `stop` resolves when it has ended by itself.
 */
function startProgram(env: Record<string, string>) {
  const program = join(__dirname, '../../dist/tracing/traced.test.program.js');
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line));
  const said = (msg: RegExp) => lines.filter((line) => msg.test(line.msg));
  const stop = async () => {
    child.kill('SIGTERM');
    return (await exited) as unknown[];
  };
  return { lines, said, stop };
}

test('off: nothing is begun, asked or known', async () => {
  expect(startTracing({ serviceName: 's', env: {}, logger: silentLogger() })).toBeUndefined();
  const facts = jest.fn();
  expect(await inSpan(facts, (span) => Promise.resolve(span))).toBeUndefined();
  expect(facts).not.toHaveBeenCalled();
  expect([isTracing(), currentTraceparent(), currentTraceId()]).toEqual([false, undefined, undefined]);
});

test('protobuf by default, gzipped if asked for, with the names of the standard variables; one per process', async () => {
  const receiver = await startOtlpReceiver();
  const { lines, said, stop } = startProgram({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`,
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_BSP_SCHEDULE_DELAY: '600000',
    OTEL_SERVICE_NAME: 'named-by-variable',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
  });
  await waitFor(() => said(/within/).length > 3);
  expect(await stop()).toEqual([0, null]);
  await receiver.close();
  expect(receiver.binary).toHaveLength(1); // sent at the end: a batch would be sent after 10 minutes
  const [sent = Buffer.of()] = receiver.binary;
  for (const { traceId = 'none' } of said(/within/)) expect(sent.includes(Buffer.from(traceId, 'hex'))).toBe(true);
  for (const text of ['named-by-variable', 'staging', 'work']) expect(sent.includes(text)).toBe(true);
  expect(lines.filter(({ level }) => level > 20)).toEqual([]);
  expect(lines[0]).toMatchObject({ msg: 'started', second: null });
});

test('a receiver that is away is said once, and once when it is back; work goes on meanwhile', async () => {
  const away = await startOtlpReceiver(await freePort());
  await away.close();
  const { lines, said, stop } = startProgram({
    OTEL_EXPORTER_OTLP_ENDPOINT: away.url.replace('//', '//user:hunter2@'),
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=hunter2',
    OTEL_EXPORTER_OTLP_TIMEOUT: '200',
    OTEL_BSP_SCHEDULE_DELAY: '20',
  });
  await waitFor(() => said(/cannot be delivered/).length > 0);
  const workedSoFar = said(/within/).length;
  await waitFor(() => said(/within/).length > workedSoFar + 50);
  expect(said(/cannot be delivered/)).toHaveLength(1);
  const receiver = await startOtlpReceiver(Number(new URL(away.url).port));
  await waitFor(() => said(/delivered again/).length > 0);
  expect(await stop()).toEqual([0, null]);
  await receiver.close();
  // This process is the receiver: while it is held up, the receiver is away again.
  const levels = lines.filter(({ msg }) => msg.startsWith('traces')).map(({ level }) => level);
  expect(levels).toEqual(levels.map((_, index) => (index % 2 === 0 ? 40 : 30)));
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

test('not sampled: what is saved still says whose trace it is', async () => {
  Object.assign(process.env, { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'always_off' });
  const tracing = startTracing({ serviceName: 's', env: process.env, logger: silentLogger() });
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const passedOn = await inSpan(
    () => ({ name: 'work', kind: 'INTERNAL', parent }),
    () => Promise.resolve(currentTraceparent()),
  );
  await tracing?.stop();
  expect(passedOn).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-00$/);
  expect(isTracing()).toBe(false);
});
