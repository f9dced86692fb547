/**
 * The only file of mongoose-update-if-current that we use. The package's entry loads all of core-js first, which takes
 * 24 MB and 0.3 s of every start, and replaces Node's own JSON, Array.prototype.push and others by slower ones.
 */
declare module 'mongoose-update-if-current/lib/version-occ-plugin.js' {
  import type { Schema } from 'mongoose';

  /** Makes each save conditional on the version that was loaded, and raises the version by one. */
  export function versionOCCPlugin(schema: Schema): void;
}
