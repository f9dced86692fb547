import { UnavailableError } from '@ticketing/common';

/** The payment provider. It does once what it is asked with one key, however often it is asked. */
export interface Provider {
  /** Takes the money. @throws UnavailableError when it is not known whether it did */
  charge(of: { reference: string; token: string; amount: number }): Promise<'charged' | 'declined'>;
  /** Gives back all of the charge with this reference. @throws UnavailableError as above; Error when it refuses to */
  payBack(reference: string): Promise<void>;
}

const NOT_KNOWN = 'the payment provider has not answered: send the same again, it takes the money once';

/** @param timeoutMs after which an answer is given up (ms) */
export function providerAt(url: string, timeoutMs: number): Provider {
  const post = async (path: string, key: string, body: object): Promise<number> => {
    const asked = fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const {
      status,
      headers,
      body: rest,
    } = await asked.catch((cause: unknown) => {
      throw new UnavailableError(NOT_KNOWN, { cause });
    });
    await rest?.cancel();
    // Without its key an answer can be the second one to the request before, on the same connection.
    const isKnown = headers.get('Idempotency-Key') === key && (status === 201 || status === 402);
    if (!isKnown) throw new UnavailableError(NOT_KNOWN, { cause: `it answered ${status}` });
    return status;
  };
  return {
    charge: async (of) => ((await post('/charges', of.reference, of)) === 201 ? 'charged' : 'declined'),
    payBack: async (reference) => {
      if ((await post('/refunds', `${reference}-back`, { reference })) !== 201) {
        throw new Error(`the payment provider refuses to give back ${reference}: pay it back by hand`);
      }
    },
  };
}
