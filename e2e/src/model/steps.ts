import fc from 'fast-check';
import type { History } from './history.helper';
import type { Side } from './model';
import { type User, USERS } from './state';

/** One command or delivery, as it is read in a counterexample. */
export interface Step {
  run(history: History): Promise<void> | void;
  toString(): string;
}

const step = (text: string, run: Step['run']): Step => ({ run, toString: () => text });

export const sell = (by: User) => step(`sell(by ${by})`, (history) => history.sell(by));
export const edit = (ticket: number, by?: User) =>
  step(`edit(${ticketAt(ticket)} by ${by ?? 'its seller'})`, (history) => history.edit(ticket, by));
export const editAtOnce = (pick: number) =>
  step(`edit(by its seller at once with the ${nth(pick)} pending to tickets)`, (history) => history.editAtOnce(pick));
export const order = (ticket: number, by: User) =>
  step(`order(${ticketAt(ticket)} by ${by})`, (history) => history.order(ticket, by));
export const orderAtOnce = (ticket: number) =>
  step(`order(${ticketAt(ticket)} by everybody at once)`, (history) => history.orderAtOnce(ticket));
export const cancel = (pick: number, by?: User) =>
  step(`cancel(${pick < 0 ? 'newest order' : `order#${pick}`} by ${by ?? 'its buyer'})`, (history) =>
    history.cancel(pick, by),
  );
export const pay = (pick: number, right = true) =>
  step(`pay(${pick < 0 ? 'newest order' : `order#${pick}`}${right ? '' : ', a wrong amount'})`, (history) =>
    history.pay(pick, right),
  );
export const expire = () => step('expire(all orders)', (history) => history.expire());
export const deliver = (to: Side, pick = 0) =>
  step(`deliver(${nth(pick)} pending to ${to})`, (history) => history.deliver(to, pick));
export const deliverAtOnce = () => step('deliver(all pending to orders at once)', (history) => history.deliverAtOnce());
export const repeat = (to: Side, pick: number) =>
  step(`deliver again(${nth(pick)} delivered to ${to})`, (history) => history.repeat(to, pick));
export const lose = (to: Side, pick = 0) =>
  step(`lose(${nth(pick)} pending to ${to})`, (history) => history.lose(to, pick));
export const reEmit = (owner: Side) => step(`re-emit(by ${owner})`, (history) => history.reEmit(owner));
export const restart = (side: Side, pick?: number) =>
  step(`restart(${side}${pick === undefined ? '' : `; meanwhile deliver ${nth(pick)} pending`})`, (history) =>
    history.restart(side, pick),
  );

function ticketAt(pick: number): string {
  return pick < 0 ? 'newest ticket' : `ticket#${pick}`;
}

function nth(pick: number): string {
  return ['last', '1st', '2nd', '3rd'][pick + 1] ?? `${pick + 1}th`;
}

/** The actions of users, and the order in which the rest is delivered in the end. */
export interface Script {
  readonly steps: readonly Step[];
  readonly picks: readonly number[];
}

const user = fc.constantFrom(...USERS);
const side = fc.constantFrom<Side[]>('orders', 'tickets');
/** Few tickets, so that their orders meet. */
const ticket = fc.constantFrom(0, 0, 0, -1);
/** Mostly the first or the last; one in between is late for some and early for others. */
const pick = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.constant(-1) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 3 }) },
);
/** Mostly the user who may do it. */
const byOwner = fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: user });

/** A sequence of steps; shrinking leaves out those that are not needed. */
const inARow = (...steps: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<readonly Step[]> =>
  fc
    .tuple(...steps.map((each) => fc.option(each, { nil: undefined, freq: 100 })))
    .map((row) => row.filter((each) => each !== undefined));

const orderFirst = user.map((by) => order(0, by));
const anySteps: fc.Arbitrary<readonly Step[]> = fc.oneof(
  { weight: 24, arbitrary: fc.tuple(side, pick).map((args) => [deliver(...args)]) },
  { weight: 10, arbitrary: fc.tuple(ticket, user).map((args) => [order(...args)]) },
  { weight: 10, arbitrary: fc.tuple(fc.constantFrom(-1, -1, -1, -1, 0, 1), byOwner).map((args) => [cancel(...args)]) },
  { weight: 8, arbitrary: fc.tuple(ticket, byOwner).map((args) => [edit(...args)]) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.constantFrom(-1, -1, 0), fc.constantFrom(true, true, true, false))
      .map((args) => [pay(...args)]),
  },
  { weight: 4, arbitrary: inARow(orderFirst, fc.constant(pay(-1)), fc.constant(deliver('orders', -1))) },
  {
    weight: 2,
    arbitrary: inARow(orderFirst, fc.constant(pay(-1)), fc.constant(cancel(-1)), fc.constant(deliver('orders', -1))),
  },
  // What tickets hears of a change of mind, and in which order, is left to the deliveries.
  { weight: 4, arbitrary: inARow(orderFirst, fc.constant(cancel(-1)), orderFirst) },
  { weight: 2, arbitrary: user.map((by) => [sell(by)]) },
  { weight: 2, arbitrary: ticket.map((of) => [orderAtOnce(of)]) },
  { weight: 5, arbitrary: pick.map((of) => [editAtOnce(of)]) },
  { weight: 4, arbitrary: fc.tuple(side, pick).map((args) => [repeat(...args)]) },
  { weight: 5, arbitrary: fc.tuple(side, pick).map((args) => [lose(...args)]) },
  { weight: 2, arbitrary: fc.constant([deliverAtOnce()]) },
  { weight: 2, arbitrary: fc.constant([expire()]) },
  { weight: 1, arbitrary: side.map((owner) => [reEmit(owner)]) },
  { weight: 1, arbitrary: fc.tuple(side, fc.option(pick, { nil: undefined })).map((args) => [restart(...args)]) },
);

/** What orders knows of the first ticket before anything else happens: its first version, nothing, or a later one. */
const deliverLast = fc.constant(deliver('orders', -1));
const opening = fc.oneof(
  { weight: 5, arbitrary: inARow(fc.constant(deliver('orders'))) },
  { weight: 1, arbitrary: inARow() },
  { weight: 2, arbitrary: inARow(fc.constant(edit(0)), fc.constant(edit(0)), deliverLast) },
  { weight: 2, arbitrary: inARow(fc.constant(edit(0)), fc.constant(reEmit('tickets')), deliverLast) },
);

/** Random histories. Without a bias to short ones: those reach nothing. */
export const scripts: fc.Arbitrary<Script> = fc.noBias(
  fc.record({
    steps: fc
      .tuple(user, opening, fc.array(anySteps, { maxLength: 24, size: 'max' }))
      .map(([by, first, rest]) => [sell(by), ...first, ...rest.flat()]),
    picks: fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 8, size: 'max' }),
  }),
);
