import { statSync } from 'node:fs';
import ts from 'typescript';

/**
 * The compiler that `watchCompiler` runs: builds the projects, and again after each edit. It sends each round's errors as a message.
 *
 * `tsc -b --watch` misses an edit of the first build, and one of a build that runs: it begins to watch after the first, and an edit
 * is older than what the build then writes. So a file that was edited since the start is reported as soon as it is watched, and an
 * edit has the time at which it was noticed.
 */
const [, , ...projects] = process.argv;
/** "Found 1 error. Watching for file changes.", and with any other number. */
const END_OF_ROUND: readonly number[] = [6193, 6194];
const began = Date.now();
const formatHost: ts.FormatDiagnosticsHost = {
  getCurrentDirectory: () => process.cwd(),
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
};

const system: ts.System = {
  ...ts.sys,
  watchFile(path, changed, ...how) {
    const report: ts.FileWatcherCallback = (name, kind) =>
      changed(name, kind, kind === ts.FileWatcherEventKind.Deleted ? undefined : new Date());
    const watcher = ts.sys.watchFile?.(path, report, ...how);
    const editedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (editedAt > began) setImmediate(report, path, ts.FileWatcherEventKind.Changed);
    return watcher ?? { close: () => undefined };
  },
};

let errors: string[] = [];
const host = ts.createSolutionBuilderWithWatchHost(
  system,
  undefined,
  (diagnostic) => errors.push(ts.formatDiagnostic(diagnostic, formatHost).trimEnd()),
  () => undefined,
  ({ code }) => {
    if (!END_OF_ROUND.includes(code)) return;
    const round = errors;
    errors = [];
    setImmediate(() => process.send?.(round)); // the first comes before the watchers
  },
);
process.on('disconnect', () => process.exit()); // of the parent
ts.createSolutionBuilderWithWatch(host, projects, {}).build();
