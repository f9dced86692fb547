/**
 * Repeats a request while the answer is 503, as a client with a key may. A machine that is held up makes the database
 * unavailable for a moment.
 */
export async function past503<Reply extends { readonly status: number }>(
  send: () => PromiseLike<Reply>,
): Promise<Reply> {
  for (;;) {
    const reply = await send();
    if (reply.status !== 503) return reply;
  }
}
