import { LEADER_SILENCES_MS } from '../../runtime/policies';
import { within } from '../../runtime/retry';

/**
 * Makes a request that only a leader answers, such as those for the facts of a stream or a consumer. One that is sent
 * during an election is dropped: nobody answers it afterwards (nats-server, jetstream_api.go, jsConsumerInfoRequest). So
 * it is sent again after each of some silences, and the first answer counts. A slow server is asked rarely, and its
 * answer to an earlier request is taken.
 * @throws what the request throws; without an answer that is the error of the first one, at its time limit
 */
export async function askLeader<T>(request: () => Promise<T>): Promise<T> {
  let answer = request();
  for (const silenceMs of LEADER_SILENCES_MS) {
    const isAnswered = answer.then(() => true);
    if (await within(silenceMs, isAnswered, false)) break;
    answer = Promise.race([answer, request()]);
  }
  return answer;
}
