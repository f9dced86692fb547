import { NotFoundError } from '../errors/kinds';
import { objectIdOf } from './object-id';

test('24 hex digits are an id', () => {
  expect(objectIdOf('64b7f0c2a1b2c3d4e5f60718').toString()).toBe('64b7f0c2a1b2c3d4e5f60718');
});

test.each(['', 'abc', 'twelve chars', '64b7f0c2a1b2c3d4e5f6071g', 64, ['64b7f0c2a1b2c3d4e5f60718'], undefined])(
  '%j names nothing: not found',
  (value) => {
    expect(() => objectIdOf(value, 'no such ticket')).toThrow(new NotFoundError('no such ticket'));
  },
);
