import { cut } from './screen';

const lines = ['a', 'b', 'c', 'd'];

test.each<[number, readonly string[]]>([
  [0, lines],
  [5, lines],
  [4, ['a', 'b', '... 2 more lines: name channels, or make the window higher']],
  [2, ['... 4 more lines: name channels, or make the window higher']],
  [1, ['... 4 more lines: name channels, or make the window higher']],
])('four lines on a terminal of %i rows', (rows, shown) => {
  expect(cut(lines, rows)).toEqual(shown);
});
