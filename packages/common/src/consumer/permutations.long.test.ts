import { Bench } from './consumer.test.helper';
import { expectOrdered, permutations, versionsTo } from './permutations.test.helper';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.open();
});
afterEach(() => bench.close());

test.each([
  ['with a second copy of the third at every place', permutations([...versionsTo(4), 2]), 360],
  ['delivered twice over', permutations(versionsTo(4)).map((order) => [...order, ...order]), 120],
])(
  'every order of five events, %s, ends in the state of the ordered ones',
  async (_what, orders, howMany) => {
    expect(orders).toHaveLength(howMany);
    await expectOrdered(bench, 4, orders);
  },
  120_000,
);
