import { useStore } from '../store';
import { Break } from './break';
import { EventLog } from './event-log';
import { Flow } from '../flow/flow';
import { Header } from './header';
import { Operate } from './operate';
import { Sell } from './sell';
import { StepDialog } from './step-dialog';
import { Tickets } from './tickets';

/** The whole page. */
export function App() {
  const hello = useStore((state) => state.hello);
  const problem = useStore((state) => state.problem);
  return (
    <>
      <Header />
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <main class="layout">
        <Flow />
        <div class="column">
          {hello?.maySell && <Sell />}
          <Tickets />
        </div>
        <div class="column">
          <EventLog />
          {hello?.mayBreak && <Break />}
          <Operate />
        </div>
      </main>
      <StepDialog />
    </>
  );
}
