import type { Browser, Page } from 'puppeteer-core';
import { chromium, launchBrowser } from '../api/browser.helper';
import { ConsolePage } from './console-page.helper';
import { type NpmStart, npmStart } from './npm-start.helper';

/** One `npm start` and one browser for the tests of a suite, which all begin with an open page. */
export class ConsoleSuite {
  private system: NpmStart | undefined;
  private browser: Browser | undefined;
  private pages: Page[] = [];

  /** @param env of the services */
  constructor(env: NodeJS.ProcessEnv) {
    beforeAll(async () => {
      if (chromium === undefined) return;
      this.system = await npmStart(env);
      this.browser = await launchBrowser();
    });
    afterEach(async () => {
      for (const page of this.pages.splice(0)) await page.close();
    });
    afterAll(async () => {
      await this.browser?.close();
      await this.system?.close();
    });
  }

  /** The host and port of the page. */
  get host(): string {
    return new URL(this.system?.url ?? '').host;
  }

  /** A page that is live. It is closed after the test. */
  async open(): Promise<ConsolePage> {
    if (!this.browser || !this.system) throw new Error('nothing was started');
    const console = await ConsolePage.open(this.browser, this.system.url);
    this.pages.push(console.page);
    return console;
  }
}
