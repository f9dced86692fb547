/** What a written file says of itself. */
export const BY = 'Written by `npm run services` from packages/services/src/services.ts: change that.';
