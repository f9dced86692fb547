import { createServer } from 'node:net';
import { once } from 'node:events';
import { explainsPlans, faultsOf } from './explain-command';

/** As mongod explains a read. */
function explanation(winningPlan: object, [nReturned, totalKeysExamined, totalDocsExamined]: readonly number[]) {
  return { queryPlanner: { winningPlan }, executionStats: { nReturned, totalKeysExamined, totalDocsExamined } };
}
const byIndex = { stage: 'FETCH', inputStage: { stage: 'IXSCAN', keyPattern: { a: 1 } } };

test.each([
  ['by an index', explanation(byIndex, [4, 4, 4]), []],
  ['by an index, a few more than returned', explanation(byIndex, [4, 9, 9]), []],
  ['by an index, many more', explanation(byIndex, [4, 12, 4]), ['totalKeysExamined 12, returned 4']],
  ['the whole collection', explanation({ stage: 'COLLSCAN' }, [1, 0, 1]), ['COLLSCAN']],
  [
    'sorted in memory',
    explanation({ stage: 'LIMIT', inputStage: { stage: 'SORT', inputStage: byIndex } }, [1]),
    ['SORT'],
  ],
  ['in a branch', explanation({ stage: 'OR', inputStages: [byIndex, { stage: 'COLLSCAN' }] }, [1]), ['COLLSCAN']],
  ['slot-based', explanation({ queryPlan: { stage: 'COLLSCAN' } }, [1, 0, 1]), ['COLLSCAN']],
  ['an update by its index', explanation({ stage: 'UPDATE', inputStage: byIndex }, [0, 9, 9]), []],
  ['an update by its id (mongod 8)', explanation({ stage: 'EXPRESS_UPDATE' }, [0, 9, 9]), []],
  ['a delete by its id (mongod 8)', explanation({ stage: 'EXPRESS_DELETE' }, [0, 9, 9]), []],
  ['deletes in batches', explanation({ stage: 'BATCHED_DELETE', inputStage: byIndex }, [0, 9, 9]), []],
  ['a read by its id (mongod 8)', explanation({ stage: 'EXPRESS_IXSCAN', keyPattern: '{ _id: 1 }' }, [1, 1, 1]), []],
  ['a pipeline', { stages: [{ $cursor: explanation({ stage: 'COLLSCAN' }, [1, 0, 1]) }] }, ['COLLSCAN']],
  ['deletes of a scan', explanation({ stage: 'BATCHED_DELETE', inputStage: { stage: 'COLLSCAN' } }, [0]), ['COLLSCAN']],
  ['an update of a scan', explanation({ stage: 'UPDATE', inputStage: { stage: 'COLLSCAN' } }, [0]), ['COLLSCAN']],
])('faults of a plan: %s', (_, reply, faults) => expect(faultsOf(reply)).toEqual(faults));

test('what does not answer does not explain', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  await new Promise((resolve) => silent.close(resolve));
  expect(explainsPlans(`mongodb://127.0.0.1:${port}`)).toBe(false);
});
