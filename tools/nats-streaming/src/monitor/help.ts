/** The meaning of the columns, and their sources. */
export const HELP = `
On JetStream it shows the stream and, for each consumer: in flight (num_ack_pending), redelivered, pending (num_pending: the lag),
and waiting (num_waiting: requests of members that wait for messages; 0 means that no member is there). The rest is of NATS Streaming.

Heartbeats: the server does not tell how many of a client's have failed, so this is found out by looking again and again. Core
NATS, at the same port, lists connections; the one that subscribes to the client's heartbeat inbox is the client's, and since is
when it was made (made again after an interruption). It counts what the connection sent, and the heartbeats that came to it.
  connected      seen too short to tell more: one look, without --watch or --observe, never tells more
  answering      it has sent something meanwhile (an answer, a ping, an ack, ...), and left no heartbeat without an answer
  silent         it has sent nothing since, though heartbeats came: a stopped process, a blocked event loop, a cut cable.
                 Both figures are the least that it can be: it may have been silent before it was looked at
  no connection  the process is gone, or NATS closed the connection after minutes of silence. The server believes in the client
                 until more heartbeats than -hbf have failed in a row, then gives its messages to others
  unknown        its connection is not in the list, which is not of all: NATS is a cluster, or not inside this server (-ns)
A client that answers no heartbeat but sends something else counts as answering. In a cluster ask the leader: only it delivers.

Subscriptions: in flight is what was sent and not acked (pending_count in --json, as the server calls it), max the most that may be.
Pending is what was not sent yet (not_sent in --json); in a queue group what no member there now was sent: at most so many.
  stalled        so many are in flight that the server sends nothing new
  offline        a durable without a client: messages are kept for it. The client is the last that it had
The state is the server's: a subscription whose client is dead or stopped is ready until it is stalled. Its client is coloured.
Redeliveries are not known: the server counts none. A limit of the store that is not shown is not set.

--watch draws over the last look on a terminal; else one look follows another, with --json an object a line; while the server
is away that is {"away": the reason, "since": when}. For --json call npm with -s. The colours are off with NO_COLOR.

Exit code: 0 also when --watch is ended by Ctrl-C or SIGTERM; 1 a channel that was named is not there (with --watch it is awaited);
2 wrong use, or the port cannot be read (--watch goes on trying when it could be at first).

Examples:
  npm run nats:monitor
  npm run nats:monitor -- --watch
  npm run nats:monitor -- ticket:created order:created --watch 5
  npm run -s nats:monitor -- --json --observe 15
  npm run nats:monitor -- --url http://broker:8222
  npm run nats:monitor -- --broker jetstream --watch
`;
