import type { Profile } from './profile';
import { stacksOf } from './stacks';

const node = (id: number, functionName: string, children: number[] = []) => {
  return { id, children, callFrame: { functionName, url: '', lineNumber: 0 } };
};

test('a sample counts until the next one, the last one until the end; idle counts nothing', () => {
  const profile: Profile = {
    nodes: [node(1, '(root)', [2, 3]), node(2, 'work', [4]), node(3, '(idle)'), node(4, 'work')],
    startTime: 1_000,
    endTime: 11_000,
    samples: [2, 4, 3, 2],
    timeDeltas: [500, 1_000, 2_000, 4_000],
  };
  const [work, ...more] = stacksOf(profile).children;
  expect(more).toEqual([]);
  expect(work).toMatchObject({
    label: 'work',
    selfMs: 1 + 2.5,
    totalMs: 5.5,
    children: [{ label: 'work', selfMs: 2 }],
  });
});

test('samples that came out of order take no time away', () => {
  const nodes = [node(1, '(root)', [2]), node(2, 'work')];
  const profile: Profile = {
    nodes,
    startTime: 0,
    endTime: 3_000,
    samples: [2, 2, 2],
    timeDeltas: [1_000, -500, 1_500],
  };
  expect(stacksOf(profile).totalMs).toBe(2.5);
});
