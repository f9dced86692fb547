import { disagreements } from '../model/agreement';
import { useStore } from '../store';

/** What the page is about, and whether everything agrees now. */
export function Header() {
  const hello = useStore((state) => state.hello);
  const link = useStore((state) => state.link);
  return (
    <header class="top">
      <div>
        <h1>Ticketing</h1>
        <p class="soft">Two services that agree by events. See each event travel, break something, watch it heal.</p>
      </div>
      <div class="status">
        {link === 'live' && <Agreement />}
        <span class={`pill ${link === 'live' ? 'calm' : 'bad'}`}>{link}</span>
        {hello && !hello.mayAct && <span class="pill calm">read-only</span>}
        {hello?.maySell && (
          <a class="docs" href="/api/docs">
            The API
          </a>
        )}
      </div>
    </header>
  );
}

function Agreement() {
  const snapshot = useStore((state) => state.snapshot);
  const parts = useStore((state) => state.parts);
  if (!snapshot) return <span class="pill calm">looking …</span>;
  const wrong = disagreements(snapshot, parts);
  const isAway = wrong.length > 0 && (snapshot.away.length > 0 || parts.some(({ state }) => state !== 'running'));
  const tone = wrong.length === 0 ? 'good' : isAway ? 'bad' : 'wait';
  return (
    <span class={`pill agreement ${tone}`} title={wrong.join('\n')}>
      {wrong.length === 0 ? 'everything agrees' : wrong.join(' · ')}
    </span>
  );
}
