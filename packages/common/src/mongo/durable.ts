/**
 * For a write that leads to an ack or to an answer that promises: it waits until a failover cannot take it back, whatever the
 * address of MongoDB says (`?w=1`, `?journal=false`). So does one that changes nothing, and one that meets a duplicate key
 * (mongodb/mongo, jstests/replsets/noop_writes_wait_for_write_concern.js).
 */
export const DURABLY = { writeConcern: { w: 'majority', j: true } } as const;

/** For a read of which "there is nothing to do" leads to an ack or to such an answer: what it shows is not rolled back. */
export const BY_MAJORITY = { readConcern: { level: 'majority' } } as const;
