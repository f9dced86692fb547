import { Races } from './races';

/** A request with an outcome that the test decides. */
function made(): { request: jest.Mock<Promise<string>, []>; win: () => void; lose: () => void } {
  let [win, lose] = [() => {}, () => {}];
  const outcome = new Promise<string>((resolve, reject) => {
    [win, lose] = [() => resolve('won'), () => reject(new Error('reserved'))];
  });
  return { request: jest.fn(() => outcome), win, lose };
}

it('saves the requests that wait for a winner from asking the database', async () => {
  const races = new Races(() => true);
  const [first, second] = [made(), made()];
  const outcomes = [races.unlessWon('ticket', first.request), races.unlessWon('ticket', second.request)];
  first.win();
  expect(await Promise.all(outcomes)).toEqual(['won', undefined]);
  expect(second.request).not.toHaveBeenCalled();
});

it('lets requests that waited for one that did not win ask the database themselves', async () => {
  const races = new Races(() => true);
  const [first, second, third] = [made(), made(), made()];
  const lost = races.unlessWon('ticket', first.request);
  const outcomes = [second, third].map(({ request }) => races.unlessWon('ticket', request));
  first.lose();
  await expect(lost).rejects.toThrow('reserved');
  second.win();
  third.win();
  expect(await Promise.all(outcomes)).toEqual(['won', 'won']);
});

it('takes no win from an order that has ended before it was answered', async () => {
  const races = new Races((outcome) => outcome !== 'won');
  const [first, second] = [made(), made()];
  const outcomes = [races.unlessWon('ticket', first.request), races.unlessWon('ticket', second.request)];
  first.win();
  second.win();
  expect(await Promise.all(outcomes)).toEqual(['won', 'won']);
});

it('takes nothing from a request that is over, or that is for another ticket', async () => {
  const races = new Races(() => true);
  const over = made();
  over.win();
  await races.unlessWon('ticket', over.request);
  const [again, other] = [made(), made()];
  again.win();
  other.win();
  expect(
    await Promise.all([races.unlessWon('ticket', again.request), races.unlessWon('other', other.request)]),
  ).toEqual(['won', 'won']);
});
