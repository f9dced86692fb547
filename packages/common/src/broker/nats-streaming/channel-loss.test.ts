import type { Position } from '../port';
import { lossBetween } from './channel-loss';

const at = (sequence: number, storedAt: number): Position => ({ sequence, storedAt });
type Kind = NonNullable<ReturnType<typeof lossBetween>>['kind'];

test.each<[string, Position | undefined, Position, { kind: Kind; from?: number; to?: number } | undefined]>([
  ['a new group, a whole channel', undefined, at(1, 100), undefined],
  ['a new group, a channel that dropped some', undefined, at(51, 100), { kind: 'lost', from: 1, to: 50 }],
  ['the oldest is one that was passed', at(70, 900), at(1, 100), undefined],
  ['the oldest is the last one that was passed', at(70, 900), at(70, 900), undefined],
  ['the oldest is the next one', at(70, 900), at(71, 950), undefined],
  ['the next one is gone', at(70, 900), at(72, 950), { kind: 'lost', from: 71, to: 71 }],
  ['sequences start again', at(70, 900), at(1, 950), { kind: 'new-store' }],
  ['sequences start again where it stood', at(1, 900), at(1, 950), { kind: 'new-store' }],
  ['a sequence comes as two messages', at(6, 900), at(6, 950), { kind: 'twice' }],
])(
  'something is lost if the next message is gone or a passed sequence is newer: %s',
  (_case, reached, offered, loss) => {
    expect(lossBetween(reached, offered)).toEqual(loss && { ...loss, offered });
  },
);
