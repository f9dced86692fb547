import { Types } from 'mongoose';
import { ID_PATTERN } from '../api/ids';
import { NotFoundError } from '../errors/kinds';

/** The ObjectId of 24 hex digits. Anything else names nothing: throws NotFoundError with the message. */
export function objectIdOf(value: unknown, message?: string): Types.ObjectId {
  if (typeof value !== 'string' || !ID_PATTERN.test(value)) throw new NotFoundError(message);
  return new Types.ObjectId(value);
}
