import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { NoOtherChoice } from '../../fetch/choice';
import { holderOf } from '../../process/open-files';
import {
  bytesOf,
  endOfWholeRecords,
  FIRST_RECORD,
  INDEX_RECORD,
  indexedAt,
  indexLength,
  isKnownVersion,
  messageOf,
  RECORD_HEADER,
} from './records';

/** A flush of the server writes at most its buffer of 2 MB, or one message, before it writes the index (bytes). */
const ONE_FLUSH = 4 * 1024 * 1024;
/** The server writes a rebuilt index this many records at a time. */
const MADE_AT_ONCE = 1_000;

type Log = (line: string) => void;

/**
 * Cuts from the store of a killed server what it was writing, before a new server starts on it. None of that was acked:
 * an ack follows the sync of the index, which follows that of the messages. If it stays, a record that the index does
 * not know can hide an acked message (docs/nats-streaming.md), and a torn one prevents the start of the server. The cut
 * part is kept beside its file, in `.cut`. Anything unknown is left unchanged.
 * @param dir the folder that the server is given by --dir; nothing is done when it has no store yet
 * @param log gets a line for each cut
 * @throws NoOtherChoice when a process has the store open, or an index misses more than one kill can explain
 */
export function healStore(dir: string, log: Log): void {
  const serverFile = join(dir, 'server.dat'); // a server keeps it open as long as it runs
  if (!existsSync(serverFile)) return;
  let holder: number | undefined;
  try {
    holder = holderOf([serverFile]);
  } catch (error) {
    return log(`whether ${dir} is in use cannot be told, so nothing is cut from it: ${(error as Error).message}`);
  }
  if (holder !== undefined) {
    const danger = 'two servers on one store destroy it';
    throw new NoOtherChoice(`process ${holder} uses the store ${dir}, and ${danger}. Stop it first: kill ${holder}`);
  }
  cutTornRecord(serverFile, false, log); // without its record the server builds it again
  cutTornRecord(join(dir, 'clients.dat'), true, log);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) healChannel(join(dir, entry.name), log);
  }
}

function healChannel(channel: string, log: Log): void {
  cutTornRecord(join(channel, 'subs.dat'), true, log);
  for (const name of readdirSync(channel).filter((each) => /^msgs\.\d+\.dat$/.test(each))) {
    const dat = join(channel, name);
    const idx = dat.replace(/dat$/, 'idx');
    removeUnbegun(idx);
    // Without an index nothing tells what was acked: the server removes the index of a `.dat` whose acked end is torn.
    if (!existsSync(idx)) removeUnbegun(dat);
    else if (isKnownVersion(idx)) {
      if (indexLength(idx) > 0) cutUnindexed(dat, idx, log);
      else if (statSync(dat).size <= ONE_FLUSH) cutTornRecord(dat, false, log); // the server enters whole messages
    }
  }
}

/** The server rebuilds an index that is damaged or does not fit its messages, so such a pair is left to it. */
function cutUnindexed(dat: string, idx: string, log: Log): void {
  const records = indexLength(idx);
  const last = indexedAt(idx, records - 1);
  if (!last || !isKnownVersion(dat) || messageOf(dat, last) === undefined) return;
  const unindexed = statSync(dat).size - last.end;
  if (unindexed > ONE_FLUSH) {
    throw new NoOtherChoice(
      `${idx} does not know the last ${unindexed} bytes of ${dat}, more than one kill explains: it was damaged, ` +
        'or the server was killed while it rebuilt the index. Delete the .idx file; the server rebuilds it',
    );
  }
  if (records % MADE_AT_ONCE === 0 && hasWholeRecord(dat, last.end)) {
    rmSync(idx);
    return log(`removed ${idx}, so that the server rebuilds it: it may have been killed during a rebuild`);
  }
  cut(idx, FIRST_RECORD + records * INDEX_RECORD, 'of a torn record', log);
  cut(dat, last.end, 'that its index does not know', log);
}

function hasWholeRecord(dat: string, from: number): boolean {
  const header = bytesOf(dat, from, RECORD_HEADER);
  if (header.length < RECORD_HEADER || header.readBigUInt64LE() === 0n) return false;
  return from + RECORD_HEADER + header.readUInt32LE() <= statSync(dat).size;
}

/** A file without its version cannot be judged, so it is left to the server. */
function cutTornRecord(file: string, typed: boolean, log: Log): void {
  removeUnbegun(file);
  if (!existsSync(file) || !isKnownVersion(file)) return;
  cut(file, endOfWholeRecords(readFileSync(file), typed), 'of a torn last record', log);
}

/** A file that ends within its version has no records. */
function removeUnbegun(file: string): void {
  if (existsSync(file) && statSync(file).size < FIRST_RECORD) rmSync(file);
}

function cut(file: string, end: number, what: string, log: Log): void {
  const rest = bytesOf(file, end, Math.max(0, statSync(file).size - end));
  if (rest.length === 0) return;
  appendFileSync(`${file}.cut`, rest);
  truncateSync(file, end);
  log(`cut ${rest.length} bytes ${what} from ${file}: the server was killed while it wrote them, and never acked them`);
}
