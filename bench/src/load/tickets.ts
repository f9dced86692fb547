import { closedLoop, type ClosedLoopOptions, USER } from './closed-loop';

/** The input of the n-th ticket. */
export const concert = (n: number) => ({ title: `Concert ${n}`, price: 10 + (n % 90) });

/** The n-th ticket in orders' replica after its creation. */
export const replicaOf = (n: number) => ({ version: 0, ...concert(n), userId: USER.id });

/** Puts the n-th ticket up for sale. */
export const post = {
  method: 'POST',
  request: (n: number) => ({ path: '/api/tickets', body: concert(n) }),
} as const satisfies Partial<ClosedLoopOptions>;

/**
 * Changes these tickets in turn, each to another title than it has. @param inARow how many requests one gets before the
 * next one
 */
export function put(ids: readonly string[], inARow = 1): Pick<ClosedLoopOptions, 'method' | 'request'> {
  return {
    method: 'PUT',
    request: (n) => ({ path: `/api/tickets/${ids[Math.floor(n / inARow) % ids.length] ?? ''}`, body: concert(n + 1) }),
  };
}

/** Puts this many tickets up for sale over 16 connections. Returns the result of the load, and the ids. */
export async function sell(url: string, amount: number) {
  const ids: string[] = [];
  const onReply = (status: number, body: string) => {
    if (status === 201) ids.push((JSON.parse(body) as { id: string }).id);
  };
  return { result: await closedLoop({ url, connections: 16, amount, ...post, onReply }), ids };
}
