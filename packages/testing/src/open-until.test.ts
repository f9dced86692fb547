import { openUntil } from './open-until';

test('the newest is closed first, one that fails leaves no other open, and each is closed once', async () => {
  let end = () => Promise.resolve();
  const open = openUntil((close) => (end = close));
  const closed: string[] = [];
  const close = (name: string) => {
    closed.push(name);
    return name === 'b' ? Promise.reject(new Error('b cannot be closed')) : Promise.resolve();
  };
  expect(['a', 'b', 'c'].map((name) => open(name, close))).toEqual(['a', 'b', 'c']);
  expect(closed).toEqual([]);
  await expect(end()).rejects.toThrow('b cannot be closed');
  expect(closed).toEqual(['c', 'b', 'a']);
  open('d', close);
  await end();
  expect(closed).toEqual(['c', 'b', 'a', 'd']);
});
