import { type Case, ConformanceBench } from './conformance/bench';
import { deliveryCases } from './conformance/delivery';
import type { BrokerEngine, EngineServer } from './conformance/engine';
import { groupCases } from './conformance/groups';
import { leavingCases } from './conformance/leaving';
import { outageCases } from './conformance/outages';
import { publishingCases } from './conformance/publishing';
import { readingCases } from './conformance/reading';

/** How long a case may take (ms) on a machine under load. */
const CASE_MS = 180_000;

/**
 * What any engine behind the broker port must do, on its real server. The cases kill and pause the server, cut it off,
 * and delete its store. Call it in a test file of the engine's adapter; the cases run side by side.
 */
export function brokerConformance(engine: BrokerEngine): void {
  let shared: Promise<EngineServer> | undefined;
  const sharedServer = () => (shared ??= engine.start());
  const add: Case = (name, run) =>
    test.concurrent(
      name,
      async () => {
        const bench = new ConformanceBench(engine, sharedServer);
        try {
          await run(bench);
        } finally {
          await bench.close();
        }
      },
      CASE_MS,
    );
  describe(`the broker port on ${engine.name}`, () => {
    afterAll(async () => (await shared)?.remove());
    for (const cases of [outageCases, deliveryCases, groupCases, publishingCases, readingCases, leavingCases]) {
      cases(add);
    }
  });
}
