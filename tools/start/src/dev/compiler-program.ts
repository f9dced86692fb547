import ts from 'typescript';
import type { Round } from './watch-compiler';

/**
 * The compiler that `watchCompiler` runs: checks and writes the projects in their order, and again after each edit. It sends each
 * round as a message.
 *
 * `tsc -b --watch` reads all files of a project again for each edit, which takes two seconds. Here each project stays in memory, and
 * an edit costs what it affects.
 */
const [, , ...projects] = process.argv;
/** An editor may write a file in several steps. */
const TOGETHER_MS = 50;
const formatHost: ts.FormatDiagnosticsHost = {
  getCurrentDirectory: () => process.cwd(),
  getCanonicalFileName: (name) => name,
  getNewLine: () => '\n',
};

const errors = new Map<string, string[]>();
const changed = new Set<string>();
let building = '';
let waiting: NodeJS.Timeout | undefined;

/** One watcher for each file, which most projects have in common. */
const watched = new Map<string, { readonly reports: Set<ts.FileWatcherCallback>; readonly watcher: ts.FileWatcher }>();

const system: ts.System = {
  ...ts.sys,
  watchFile(path, report, ...how) {
    const reports = watched.get(path)?.reports ?? new Set();
    if (reports.size === 0) {
      const tell: ts.FileWatcherCallback = (...what) => reports.forEach((each) => each(...what));
      const watcher = ts.sys.watchFile?.(path, tell, ...how) ?? { close: () => undefined };
      watched.set(path, { reports, watcher });
    }
    reports.add(report);
    const close = () => {
      if (!reports.delete(report) || reports.size > 0) return;
      watched.get(path)?.watcher.close();
      watched.delete(path);
    };
    return { close };
  },
  writeFile(path, ...what) {
    ts.sys.writeFile(path, ...what);
    if (path.endsWith('.js')) changed.add(building);
    // The projects that follow read it in this round.
    watched.get(path)?.reports.forEach((report) => report(path, ts.FileWatcherEventKind.Changed));
  },
  setTimeout(): NodeJS.Timeout {
    clearTimeout(waiting);
    return (waiting = setTimeout(round, TOGETHER_MS));
  },
  clearTimeout: () => undefined,
};

function watch(project: string) {
  const note = (diagnostic: ts.Diagnostic) =>
    errors.get(project)?.push(ts.formatDiagnostic(diagnostic, formatHost).trimEnd());
  const create = ts.createEmitAndSemanticDiagnosticsBuilderProgram;
  const host = ts.createWatchCompilerHost(project, {}, system, create, note, () => undefined);
  const check = host.afterProgramCreate?.bind(host);
  host.afterProgramCreate = (program) => {
    errors.set(project, []);
    check?.(program);
  };
  building = project;
  return { project, watching: ts.createWatchProgram(host) };
}

function round(): void {
  for (const { project, watching } of watches) {
    building = project;
    watching.getProgram();
  }
  clearTimeout(waiting);
  tell();
}

function tell(): void {
  const round: Round = { errors: [...errors.values()].flat(), changed: [...changed] };
  if (round.errors.length === 0) changed.clear();
  process.send?.(round);
}

process.on('disconnect', () => process.exit()); // of the parent
const watches = projects.map(watch);
tell();
