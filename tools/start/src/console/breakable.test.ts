import { Breakable } from './breakable';

const FAILS = { pid: () => undefined, end: () => Promise.resolve(), start: () => Promise.reject(new Error('no disk')) };

test('each state allows only what makes sense in it, and a start that fails leaves it stopped', async () => {
  const seen: string[] = [];
  const part = new Breakable('orders', FAILS, () => void seen.push(part.state));
  await expect(part.act('start')).rejects.toThrow('orders is running: start is not possible');
  await expect(part.act('pause')).rejects.toThrow('orders was not started here');
  await part.act('kill');
  await expect(part.act('pause')).rejects.toThrow('orders is stopped');
  await expect(part.act('start')).rejects.toThrow('no disk');
  expect(seen).toEqual(['stopping', 'stopped', 'starting', 'stopped']);
});
