import { sleep } from '@ticketing/common';
import { Bridge, type BridgeOptions, type BridgeState } from './bridge';
import { Comparison } from './comparison';

/** Between two reports (ms). */
const EVERY_MS = 1_000;

export interface BridgeReport extends BridgeState {
  /** Messages of the old side that the new side lacks, by a look since the latest copy; undefined without one. */
  readonly missing: number | undefined;
  /** The new side holds all that the old side held when that look began, and this bridge has nothing in hand. */
  readonly dry: boolean;
  readonly away: readonly ('from' | 'to')[];
}

export interface RunBridgeOptions extends BridgeOptions {
  /** Ends when it is dry. */
  readonly untilDry: boolean;
  readonly signal: AbortSignal;
  readonly onReport: (report: BridgeReport) => void;
}

/** Runs a bridge until the signal aborts, or until it is dry. Resolves with its last report. */
export async function runBridge(options: RunBridgeOptions): Promise<BridgeReport> {
  const { from, to, channels, untilDry, signal, onReport } = options;
  const bridge = new Bridge(options);
  const comparison = new Comparison(from, to, channels);
  let report: BridgeReport;
  try {
    do {
      const { copied, inHand } = bridge.state;
      const looked = inHand === 0 ? await comparison.look().catch(textOf) : undefined;
      const { state } = bridge;
      const isCurrent = typeof looked === 'number' && state.copied === copied && state.inHand === 0;
      const away = [...(from.isConnected() ? [] : ['from' as const]), ...(to.isConnected() ? [] : ['to' as const])];
      const trouble = typeof looked === 'string' && away.length === 0 ? looked : state.trouble;
      report = { ...state, trouble, missing: isCurrent ? looked : undefined, dry: isCurrent && looked === 0, away };
      onReport(report);
    } while (!(report.dry && untilDry) && (await pause(signal)));
  } finally {
    await bridge.close();
  }
  return { ...report, ...bridge.state };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns whether to go on. */
async function pause(signal: AbortSignal): Promise<boolean> {
  await sleep(EVERY_MS, signal).catch(() => undefined);
  return !signal.aborted;
}
