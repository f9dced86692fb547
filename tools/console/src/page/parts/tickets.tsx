import { lanesOf } from '../model/lanes';
import type { TicketRow } from '../model/system';
import { short } from '../model/words';
import { change, useStore } from '../store';
import { Card } from './card';
import { TicketActs } from './ticket-acts';

/** A lane for each of the newest tickets: its versions in the owner and in the replica, its order, what is parked. */
export function Tickets() {
  const tickets = useStore((state) => state.snapshot?.tickets);
  const maySell = useStore((state) => state.hello?.maySell) ?? false;
  return (
    <Card id="tickets" title="Aggregates" aside={<Legend />}>
      {tickets?.length === 0 && <p class="soft empty">No ticket yet.{maySell && ' Sell one above.'}</p>}
      <ul class="aggregates">
        {tickets?.map((ticket) => (
          <li key={ticket.id}>
            <Ticket ticket={ticket} />
            {maySell && <TicketActs ticket={ticket} />}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Legend() {
  return (
    <p class="legend-line soft">
      <span class="cell there" aria-hidden="true" /> there <span class="cell waiting" aria-hidden="true" /> parked{' '}
      <span class="cell missing" aria-hidden="true" /> not yet
    </p>
  );
}

function Ticket({ ticket }: { readonly ticket: TicketRow }) {
  const { id, title, price, userId } = ticket;
  return (
    <article aria-label={`Ticket ${title}`}>
      <header>
        <h3>{title}</h3>
        <span class="soft">
          {price} · by {userId} ·{' '}
          <button
            type="button"
            class="link"
            title="Show only its steps"
            onClick={() => change({ filter: { text: id, kind: '' } })}
          >
            {short(id)}
          </button>
        </span>
        <Reservation ticket={ticket} />
      </header>
      <Lanes ticket={ticket} />
    </article>
  );
}

function Reservation({ ticket: { sold, held, order, reservation } }: { readonly ticket: TicketRow }) {
  const number = order?.reservation ?? reservation;
  if (number === 0) return <span class="pill calm">free</span>;
  const by = order ? `${order.userId}'s order ${short(order.id)}` : '';
  if (sold || order?.status === 'complete')
    return (
      <span class="pill good" title={by}>
        sold · no. {number}
      </span>
    );
  if (held || order?.status === 'created')
    return (
      <span class="pill wait" title={by}>
        {order ? `held by ${order.userId}` : 'held'} · no. {number}
      </span>
    );
  return (
    <span class="pill calm" title={by}>
      free again · no. {number} ended
    </span>
  );
}

function Lanes({ ticket }: { readonly ticket: TicketRow }) {
  const services = useStore((state) => state.hello?.services) ?? [];
  const { versions, owner, replica, words } = lanesOf(ticket);
  const [first, second] = services;
  return (
    <div class="lanes" title={words}>
      <p class="unseen">{words}</p>
      {[
        { name: first?.name ?? 'owner', cells: owner },
        { name: second?.name ?? 'replica', cells: replica },
      ].map(({ name, cells }) => (
        <div class="lane" key={name} aria-hidden="true">
          <span class="lane-name">{name}</span>
          {cells.map((state, place) => (
            <span class={`cell ${state}`} key={versions[place]}>
              {versions[place]}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
