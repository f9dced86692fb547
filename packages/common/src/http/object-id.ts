import { Types } from 'mongoose';
import { NotFoundError } from '../errors/kinds';

/** The ObjectId of 24 hex digits. Anything else names nothing: throws NotFoundError with the message. */
export function objectIdOf(value: unknown, message?: string): Types.ObjectId {
  if (typeof value !== 'string' || !/^[0-9a-f]{24}$/i.test(value)) throw new NotFoundError(message);
  return new Types.ObjectId(value);
}
