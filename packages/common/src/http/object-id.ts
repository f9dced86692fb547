import { Types } from 'mongoose';
import { ID_PATTERN } from '../api/ids';
import { NotFoundError } from '../errors/kinds';

/**
 * The ObjectId of 24 hex digits. Throws NotFoundError with the message for any other text, because it names nothing.
 */
export function objectIdOf(value: unknown, message?: string): Types.ObjectId {
  if (typeof value !== 'string' || !ID_PATTERN.test(value)) throw new NotFoundError(message);
  return new Types.ObjectId(value);
}
