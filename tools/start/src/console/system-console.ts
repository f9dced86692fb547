import { factsOf, type ServiceName } from '@ticketing/services';
import type { IngressRoute } from '../ingress/ingress';
import { Breakable, type Control } from './breakable';
import { type BrokerBetween, startBrokerBetween } from './broker-between';
import { ConsoleProcess } from './console-process';
import type { FromConsole, ToConsole } from './protocol';

/** The console of the system that `npm start` runs, and what can be broken from there. */
export class SystemConsole {
  private readonly parts: Breakable[] = [];
  private readonly betweens = new Map<string, BrokerBetween>();
  private where: { readonly env: NodeJS.ProcessEnv; readonly api: string } | undefined;
  private readonly process = new ConsoleProcess({
    where: () => this.where,
    onAsked: (asked) => this.answer(asked),
    firstWords: () => [this.partsNow()],
  });

  /** The page, and everything of it, for callers on this machine. */
  readonly routes: readonly IngressRoute[] = ['/', '/console'].map((path) => ({
    ...{ path, onlyHere: true, ready: () => this.process.running() },
    targets: this.process.targets,
  }));

  /** From now on the page can be opened. @param env as a service has it @param api the address of the ingress */
  open(env: NodeJS.ProcessEnv, api: string): void {
    this.where = { env, api };
  }

  /** Takes what a service prints. */
  line(service: string, text: string): void {
    this.process.line(service, text);
  }

  /** Something that can be broken on the page. */
  add(name: string, control: Control): Breakable {
    const part = new Breakable(name, control, () => this.process.tell(this.partsNow()));
    this.parts.push(part);
    return part;
  }

  /** The address of the broker for a service, on whose way the page can disturb messages. */
  async between(service: ServiceName, brokerUrl: string): Promise<string> {
    const happened = (text: string) => this.process.tell({ what: 'happened', text: `${service}: ${text}` });
    const between = await startBrokerBetween(brokerUrl, factsOf(service).consumes, happened);
    this.betweens.set(service, between);
    return between.url;
  }

  /** Ends what serves the page. What is between services and broker stays, because they still need it. */
  async stop(): Promise<void> {
    await this.process.stop();
  }

  private partsNow(): ToConsole {
    return { what: 'parts', parts: this.parts.map(({ name, state }) => ({ name, state })) };
  }

  private async answer(asked: Exclude<FromConsole, { what: 'ready' }>): Promise<void> {
    if (asked.what === 'deliver') {
      const between = this.betweens.get(asked.service);
      if (!between) throw new Error(`nothing stands between ${asked.service} and the broker`);
      return between.next(asked.fault);
    }
    const part = this.parts.find(({ name }) => name === asked.part);
    if (!part) throw new Error(`there is no ${asked.part} here`);
    await part.act(asked.how);
  }
}
