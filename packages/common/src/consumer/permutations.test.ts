import { Bench } from './consumer.test.helper';
import { expectOrdered, permutations, versionsTo } from './permutations.test.helper';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

// Of five events in permutations.long.test.ts.
test.each([
  ['with a second copy of the third at every place', permutations([...versionsTo(3), 2]), 60],
  ['delivered twice over', permutations(versionsTo(3)).map((order) => [...order, ...order]), 24],
])(
  'every order of four events, %s, ends in the state of the ordered ones',
  async (_what, orders, howMany) => {
    expect(orders).toHaveLength(howMany);
    await expectOrdered(bench, 3, orders);
  },
  120_000,
);
