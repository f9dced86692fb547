import { failed, kubectl, type Place, placeArgs } from '../kubectl';
import { type NeededSecret, newSecret } from './needed-secrets';

/**
 * Creates the Secret, unless one with its name exists, which stays unchanged. If two programs run at once, one creates
 * it.
 * @returns whether it was created
 * @throws CommandError that says why it cannot be
 */
export async function createSecret(secret: NeededSecret, place: Place, signal: AbortSignal): Promise<boolean> {
  const input = JSON.stringify(newSecret(secret));
  const { failure } = await kubectl(['create', '--filename', '-', ...placeArgs(place)], { signal, input });
  if (failure === undefined) return true;
  if (failure.includes('(AlreadyExists)')) return false;
  throw failed(`kubectl cannot create the secret ${secret.name}`, failure, place, 'create secrets');
}
