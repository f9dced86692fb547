import { applyChange } from './apply-change';
import { listen } from './listen';
import type { Strategy } from './strategy';

/** Applies each event as it comes. Right only while nothing goes wrong. */
export const naive: Strategy = {
  name: 'naive',
  title: 'Apply as it comes',
  price: 'wrong as soon as anything is late, twice or at once',
  join: (member) => listen(member, (event) => applyChange(member.tickets, event)),
};
