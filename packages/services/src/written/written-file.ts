/** A file of this repository whose reader cannot read the list of services. */
export interface WrittenFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** What a written file says of itself. */
export const BY = 'Written by `npm run services` from packages/services/src/services.ts: change that.';
