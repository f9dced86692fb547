import { spawnSync } from 'node:child_process';
import puppeteer, { type Browser } from 'puppeteer-core';

/** A browser of this machine; undefined where there is none. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout?.trim())
  .find((path) => path);

/** A test that needs chromium on PATH and is skipped without it. */
export const withBrowser = chromium === undefined ? test.skip : test;

/** @throws Error where there is none */
export async function launchBrowser(): Promise<Browser> {
  if (chromium === undefined) throw new Error('there is no chromium on PATH');
  // Tests often run as root and in a container, where its sandbox does not work.
  return puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
