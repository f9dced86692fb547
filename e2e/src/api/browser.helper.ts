import { spawnSync } from 'node:child_process';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';

/** A browser of this machine; undefined where there is none. */
export const chromium = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout?.trim())
  .find((path) => path);

/** A test that needs chromium on PATH and is skipped without it. */
export const withBrowser = chromium === undefined ? test.skip : test;

/** How long (ms) a start or a step may take. A browser has many processes, so a busy machine makes it slow first. */
export const PATIENCE_MS = 100_000;

/** @throws Error where there is none */
export async function launchBrowser(): Promise<Browser> {
  if (chromium === undefined) throw new Error('there is no chromium on PATH');
  // Tests often run as root and in a container, where its sandbox does not work.
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  return puppeteer.launch({ executablePath: chromium, args, timeout: PATIENCE_MS });
}

/** An empty page. */
export async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}
