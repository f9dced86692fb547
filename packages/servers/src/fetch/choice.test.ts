import { firstThatWorks, NoOtherChoice, type Choice } from './choice';

const choice = (name: string, fails?: string): Choice => ({
  name,
  look: () => (fails === undefined ? Promise.resolve({ url: name }) : Promise.reject(new Error(fails))),
});

test('the first choice that works wins; those before it are named with their reason', async () => {
  const log: string[] = [];
  const inVain: string[] = [];
  const surroundings = {
    env: {},
    log: (line: string, vain?: 'in vain') => void (log.push(line), vain && inVain.push(line)),
  };
  const choices = [choice('first', 'is away'), choice('second'), choice('third')];
  const taken = await firstThatWorks('X', choices, surroundings, (_, { name }) => Promise.resolve(name));
  expect(taken).toBe('second');
  expect(log).toEqual(['X: not first: is away', 'X: second']);
  expect(inVain).toEqual(['X: not first: is away']);
});

test('an offer that cannot be used is passed over like a failed choice', async () => {
  const use = (_: unknown, { name }: Choice) =>
    name === 'second' ? Promise.reject(new Error('does not start')) : Promise.resolve(name);
  const surroundings = { env: {}, log: () => undefined };
  expect(await firstThatWorks('X', [choice('second'), choice('third')], surroundings, use)).toBe('third');
});

test('an error that no other choice can avoid ends the search', async () => {
  const surroundings = { env: {}, log: () => undefined };
  const use = () => Promise.reject(new NoOtherChoice('unknown option'));
  await expect(firstThatWorks('X', [choice('a'), choice('b')], surroundings, use)).rejects.toThrow(/^unknown option$/);
});

test('when none works the error has every choice with its reason', async () => {
  const all = firstThatWorks('X', [choice('a', 'no a'), choice('b', 'no b')], { env: {}, log: () => undefined }, () =>
    Promise.resolve(),
  );
  await expect(all).rejects.toMatchObject({
    name: 'NoServerError',
    message: 'What was tried for X:\n  - a: no a\n  - b: no b\nX could not be started: none of these worked.',
    reasons: [
      { choice: 'a', reason: 'no a' },
      { choice: 'b', reason: 'no b' },
    ],
  });
});
