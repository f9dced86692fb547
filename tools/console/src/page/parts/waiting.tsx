import { clock, short } from '../model/words';
import { change, useStore } from '../store';

/** Early events, and what each waits for. */
export function Parked() {
  const parked = useStore((state) => state.snapshot?.parked) ?? [];
  return (
    <>
      <h3>Parked events {parked.length > 0 && <span class="pill wait">{parked.length}</span>}</h3>
      {parked.length === 0 && <p class="soft">None.</p>}
      {parked.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Parked events">
          <table>
            <thead>
              <tr>
                <th scope="col">aggregate</th>
                <th scope="col">event</th>
                <th scope="col">version</th>
                <th scope="col">waits for</th>
                <th scope="col">since</th>
              </tr>
            </thead>
            <tbody>
              {parked.slice(0, 20).map(({ aggregateId, subject, version, waitsFor, since }) => (
                <tr key={`${aggregateId}|${version}`}>
                  <td>
                    <button
                      type="button"
                      class="link"
                      onClick={() => change({ filter: { text: aggregateId, kind: '' } })}
                    >
                      {short(aggregateId)}
                    </button>
                  </td>
                  <td>{subject}</td>
                  <td>{version}</td>
                  <td>{waitsFor}</td>
                  <td>{clock(since).slice(0, 8)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

/** The groups that read each channel, and how far they are. */
export function Groups() {
  const groups = useStore((state) => state.snapshot?.groups) ?? [];
  return (
    <>
      <h3>Subscriptions</h3>
      {groups.length === 0 && <p class="soft">None, or the monitoring port of the broker is not known (--monitor).</p>}
      {groups.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Subscriptions">
          <table>
            <thead>
              <tr>
                <th scope="col">channel</th>
                <th scope="col">group</th>
                <th scope="col">in flight</th>
                <th scope="col">not sent</th>
                <th scope="col">state</th>
              </tr>
            </thead>
            <tbody>
              {groups.map(({ channel, group, inFlight, notSent, state }) => (
                <tr key={`${channel}|${group}`}>
                  <td>{channel}</td>
                  <td>{group}</td>
                  <td class={inFlight > 0 ? 'wait' : ''}>{inFlight}</td>
                  <td class={notSent > 0 ? 'wait' : ''}>{notSent}</td>
                  <td class={state === 'ready' ? '' : 'bad'}>{state}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
