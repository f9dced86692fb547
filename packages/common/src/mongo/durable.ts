/**
 * For a write that leads to an ack or to a promise in a reply. It waits until a failover cannot take the write back,
 * whatever the address of MongoDB says (`?w=1`, `?journal=false`). A write that changes nothing, or meets a duplicate
 * key, waits as well (mongodb/mongo, jstests/replsets/noop_writes_wait_for_write_concern.js).
 */
export const DURABLY = { writeConcern: { w: 'majority', j: true } } as const;

/**
 * For a read whose result "there is nothing to do" leads to an ack or to such a reply. A failover does not roll back
 * what it shows.
 */
export const BY_MAJORITY = { readConcern: { level: 'majority' } } as const;
