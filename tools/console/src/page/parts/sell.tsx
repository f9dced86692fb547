import { useState } from 'preact/hooks';
import { act } from '../connection';
import { type Call, change, useStore } from '../store';
import { ActButton } from './act-button';
import { Card } from './card';

/** Puts a ticket up for sale as one of a few made-up people, and shows what was answered. */
export function Sell() {
  const users = useStore((state) => state.hello?.users) ?? [];
  const user = useStore((state) => state.user);
  const [title, setTitle] = useState('Concert');
  const [price, setPrice] = useState('20');
  const submit = (event: Event) => {
    event.preventDefault();
    void act('sell', { user, title, price: Number(price) });
  };
  return (
    <Card id="sell" title="Sell" aside={<ActButton name="story">Sell, order and pay one</ActButton>}>
      <form class="fields" onSubmit={submit}>
        <label class="wide">
          Title
          <input value={title} onInput={({ currentTarget }) => setTitle(currentTarget.value)} name="title" />
        </label>
        <label>
          Price
          <input
            value={price}
            onInput={({ currentTarget }) => setPrice(currentTarget.value)}
            name="price"
            inputMode="decimal"
          />
        </label>
        <label>
          You are
          <select value={user} onChange={({ currentTarget }) => change({ user: currentTarget.value })} name="user">
            {users.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit" class="main">
          Sell
        </button>
      </form>
      <Answers />
    </Card>
  );
}

function Answers() {
  const calls = useStore((state) => state.calls);
  if (calls.length === 0) return null;
  return (
    <div class="answers" role="log" aria-label="Answers, the newest first" tabIndex={0}>
      {calls.map((call) => (
        <Answer key={call.id} call={call} />
      ))}
    </div>
  );
}

function Answer({ call: { request, status, body } }: { readonly call: Call }) {
  return (
    <details>
      <summary>
        <span class={`kind ${status < 300 ? 'good' : status < 500 ? 'wait' : 'bad'}`}>{status}</span> {request}
      </summary>
      <pre tabIndex={0}>{body || '(no body)'}</pre>
    </details>
  );
}
