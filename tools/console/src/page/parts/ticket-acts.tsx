import { useState } from 'preact/hooks';
import { act } from '../connection';
import type { TicketRow } from '../model/system';
import { useStore } from '../store';
import { ActButton } from './act-button';

/** What can be done with a ticket. Its owner edits it, and whoever ordered it cancels: the page acts as them. */
export function TicketActs({ ticket }: { readonly ticket: TicketRow }) {
  const user = useStore((state) => state.user);
  const [editing, setEditing] = useState(false);
  const { id, title, userId, order, sold } = ticket;
  const isHeld = order !== undefined && order.status !== 'cancelled';
  if (sold || order?.status === 'complete') return null;
  return (
    <div class="acts">
      {!isHeld && (
        <>
          <ActButton name="order" body={{ user, id }} kind="main" label={`Order as ${user}: ${title}`}>
            Order as {user}
          </ActButton>
          <ActButton name="order-ten-times" body={{ id }} label={`10 × at once: order ${title}`}>
            10 × at once
          </ActButton>
          <button
            type="button"
            aria-expanded={editing}
            aria-label={`Edit ${title}`}
            onClick={() => setEditing(!editing)}
          >
            Edit
          </button>
          <ActButton name="edit-twice" body={{ user: userId, id }} label={`Edit twice at once: ${title}`}>
            Edit twice at once
          </ActButton>
        </>
      )}
      {isHeld && (
        <>
          <ActButton
            name="pay"
            body={{ id: order.id, amount: order.price }}
            kind="main"
            label={`Pay ${order.price} for ${title}`}
          >
            Pay {order.price}
          </ActButton>
          <ActButton name="cancel" body={{ user: order.userId, id: order.id }} label={`Cancel the order of ${title}`}>
            Cancel
          </ActButton>
          <ActButton
            name="pay"
            body={{ id: order.id, amount: order.price + 1 }}
            label={`Pay a wrong amount for ${title}`}
          >
            Pay a wrong amount
          </ActButton>
        </>
      )}
      {editing && !isHeld && <Edit ticket={ticket} onDone={() => setEditing(false)} />}
    </div>
  );
}

function Edit({ ticket: { id, userId, ...now }, onDone }: { readonly ticket: TicketRow; readonly onDone: () => void }) {
  const [title, setTitle] = useState(now.title);
  const [price, setPrice] = useState(String(now.price));
  const submit = (event: Event) => {
    event.preventDefault();
    void act('edit', { user: userId, id, title, price: Number(price) }).then((done) => done && onDone());
  };
  return (
    <form class="fields" onSubmit={submit}>
      <label class="wide">
        New title
        <input value={title} onInput={({ currentTarget }) => setTitle(currentTarget.value)} />
      </label>
      <label>
        New price
        <input value={price} inputMode="decimal" onInput={({ currentTarget }) => setPrice(currentTarget.value)} />
      </label>
      <button type="submit" class="main">
        Save as {userId}
      </button>
    </form>
  );
}
