import { readFileSync } from 'node:fs';
import { waitFor } from '@ticketing/testing';
import type { Browser, Page } from 'puppeteer-core';
import { newPage, PATIENCE_MS } from '../api/browser.helper';

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly any: readonly { readonly message: string }[] }[];
}

export interface Answer {
  readonly status: number;
  readonly request: string;
  readonly body: string;
}

/** The console in a browser, as somebody sees it. */
export class ConsolePage {
  /** What the browser complained about: errors of scripts, of the policy, of requests. */
  readonly complaints: string[] = [];
  readonly hosts = new Set<string>();

  private constructor(readonly page: Page) {
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => void this.complaints.push(String(error)));
    page.on('request', (request) => void this.hosts.add(new URL(request.url()).host));
    page.on('dialog', (dialog) => {
      this.complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async open(browser: Browser, url: string): Promise<ConsolePage> {
    const page = new ConsolePage(await newPage(browser));
    await page.page.setViewport({ width: 1440, height: 1000 });
    await page.page.goto(url);
    await page.sees('live', '.status');
    return page;
  }

  /**
   * Waits until a part of the page has this text. Asks from here, because a page that is loaded again or gets no frames
   * answers no question that was put into it before. @throws Error that says what the page has instead
   */
  async sees(text: string | RegExp, selector = 'main'): Promise<void> {
    const parts = `[...document.querySelectorAll(${JSON.stringify(selector)})].map(({ textContent }) => textContent)`;
    const state = '[location.href, document.readyState, document.visibilityState].join()';
    const isThere = async () => {
      const [texts, page] = (await this.page.evaluate(`[${parts}, ${state}]`)) as [string[], string];
      if (texts.some((part) => (typeof text === 'string' ? part.includes(text) : text.test(part)))) return true;
      const complaints = this.complaints.join('; ') || 'none';
      throw new Error(`${selector} has ${JSON.stringify(texts).slice(0, 1_000)}; ${page}; complaints: ${complaints}`);
    };
    await waitFor(isThere, { timeoutMs: PATIENCE_MS, everyMs: 50, what: `the console to show ${String(text)}` });
  }

  /** Waits until this can be read: in a line of the log, at a ticket, or at the top. */
  async shows(text: string): Promise<void> {
    const isThere = async () => {
      const rest = `document.querySelector('.status').textContent + document.querySelector('.aggregates').textContent`;
      return [...(await this.log()), (await this.page.evaluate(rest)) as string].some((part) => part.includes(text));
    };
    await waitFor(isThere, { timeoutMs: 60_000, everyMs: 100, what: `the console to show: ${text}` });
  }

  /** Presses the button of this name, as a screen reader says it, once it is there and can be pressed. */
  async press(name: string): Promise<void> {
    await this.page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  }

  /** Presses the button of this label, or text, by the keyboard: a page that heals may move below a pointer. */
  async pressLabelled(label: string): Promise<void> {
    const named = `(one) => (one.ariaLabel ?? one.textContent.trim()) === ${JSON.stringify(label)}`;
    const button = await this.page.waitForFunction(`[...document.querySelectorAll('button:enabled')].find(${named})`);
    await button.asElement()?.press('Enter');
  }

  /** Sells a ticket as alice. */
  async sell(title: string): Promise<void> {
    await this.page.locator('input[name=title]').fill(title);
    await this.press('Sell');
  }

  /** Waits until a ticket has this version in its owner and in the replica. */
  seesBoth(title: string, version: number): Promise<void> {
    const words = `The owner has version ${version}; the replica has version ${version}.`;
    return this.sees(words, `[aria-label="Ticket ${title}"] .unseen`);
  }

  /** The answers to what was done on this page, the newest first. */
  async answers(): Promise<Answer[]> {
    const parts = `({ children: [summary, body] }) => ({
      status: Number(summary.querySelector('.kind').textContent),
      request: summary.lastChild.textContent.trim(),
      body: body.textContent,
    })`;
    return (await this.page.evaluate(`[...document.querySelectorAll('.answers details')].map(${parts})`)) as Answer[];
  }

  /** As if somebody turned to this tab, or away from it. */
  async show(isSeen: boolean): Promise<void> {
    const hidden = `Object.defineProperty(document, 'hidden', { value: ${!isSeen}, configurable: true })`;
    if (isSeen) await this.page.bringToFront();
    await this.page.evaluate(`${hidden}; document.dispatchEvent(new Event('visibilitychange')); undefined`);
  }

  /** Answers the next request for this path with 503. */
  async refuseOnce(path: string): Promise<void> {
    let isRefused = false;
    await this.page.setRequestInterception(true);
    this.page.on('request', (request) => {
      const refuse = !isRefused && new URL(request.url()).pathname === path;
      isRefused ||= refuse;
      void (refuse ? request.respond({ status: 503, body: '' }) : request.continue());
    });
  }

  /** The lines of the event log, each as its words. */
  log(): Promise<string[]> {
    const words = '({ children }) => [...children].map(({ textContent }) => textContent).join(" ")';
    return this.page.evaluate(`[...document.querySelectorAll('.step')].map(${words})`) as Promise<string[]>;
  }

  /** What axe finds wrong, and which contrasts it cannot decide, in each of both colour schemes. */
  async wrong(): Promise<string[]> {
    const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
    // Of a line that is scrolled away axe cannot tell what is behind it.
    const whole = `document.querySelector('.steps').style.height = 'auto'`;
    await this.page.evaluate(`${whole};${axe};undefined`);
    const found: string[] = [];
    for (const value of ['light', 'dark']) {
      await this.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value }]);
      const { violations, incomplete } = (await this.page.evaluate('axe.run()')) as Record<string, Finding[]>;
      const undecided = incomplete?.filter(({ id }) => id === 'color-contrast') ?? [];
      const tell = ({ id, nodes }: Finding) =>
        nodes.map(({ html, any }) => `${value}: ${id}: ${html}: ${any[0]?.message ?? ''}`);
      found.push(...[...(violations ?? []), ...undecided].flatMap(tell));
    }
    return found;
  }
}
