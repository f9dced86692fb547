import { childrenOf, databaseUrl } from '@ticketing/servers';
import { perServiceSettled, type ServiceName } from '@ticketing/services';
import { readAddresses } from '@ticketing/start/addresses';
import { openUntil, testConnection } from '@ticketing/testing';
import type { Connection } from 'mongoose';
import type { Browser } from 'puppeteer-core';
import { chromium, launchBrowser } from '../api/browser.helper';
import { ConsolePage } from './console-page.helper';
import { type NpmStart, npmStart } from './npm-start.helper';

interface Started {
  readonly system: NpmStart;
  readonly databases: Readonly<Record<ServiceName, Connection>>;
  readonly browser: Browser;
}

/** One `npm start` and one browser for the tests of a suite, which all begin with an open page. */
export class ConsoleSuite {
  private started: Started | undefined;
  private readonly openInTest = openUntil(afterEach);

  /** @param env of the services */
  constructor(env: NodeJS.ProcessEnv) {
    const open = openUntil(afterAll);
    beforeAll(async () => {
      if (chromium === undefined) return;
      const system = open(await npmStart(env), (opened) => opened.close());
      const { mongoUrl = '' } = readAddresses({ TICKETING_DATA: system.dataDir }) ?? {};
      const databases = await perServiceSettled(async (name) =>
        open(await testConnection(databaseUrl(mongoUrl, name)), (opened) => opened.close()),
      );
      this.started = { system, databases, browser: open(await launchBrowser(), (opened) => opened.close()) };
    });
  }

  /** The host and port of the page. */
  get host(): string {
    return new URL(this.running.system.url).host;
  }

  /** The process that serves the page. @throws Error while there is none */
  consolePid(): number {
    const found = childrenOf(this.running.system.pid).find(({ args }) => args.includes('tools/console/'));
    if (!found) throw new Error('no console runs');
    return found.pid;
  }

  /** What a service holds. */
  collection(service: ServiceName, name: string) {
    return this.running.databases[service].collection(name);
  }

  /** Calls the API as alice. */
  async post(path: string, body: object): Promise<number> {
    const { system } = this.running;
    const [, token] = /TOKEN=(\S+)/.exec(system.output()) ?? [];
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    return (await fetch(`${system.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  }

  /** A page that is live. It is closed after the test. */
  async open(): Promise<ConsolePage> {
    const { browser, system } = this.running;
    const console = await ConsolePage.open(browser, system.url);
    this.openInTest(console.page, (page) => page.close());
    return console;
  }

  private get running(): Started {
    if (!this.started) throw new Error('nothing was started');
    return this.started;
  }
}
