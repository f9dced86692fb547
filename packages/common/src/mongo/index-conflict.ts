import { mongo } from 'mongoose';
import { StartError } from '../errors/start-error';

/** IndexOptionsConflict and IndexKeySpecsConflict: mongodb/mongo, src/mongo/base/error_codes.yml. */
const CONFLICTS: readonly unknown[] = [85, 86];

/**
 * Makes indexes. @throws StartError that says what to do when an index exists with other options, because MongoDB does
 * not change those; otherwise what `make` throws
 */
export async function makeIndexes<T>(make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || !CONFLICTS.includes(error.code)) throw error;
    throw new StartError(
      `an index is there already with other options than this version wants: ${error.message}. ` +
        'Drop the one that is there (dropIndex in mongosh) and start again: docs/operations.md, upgrading',
      { cause: error },
    );
  }
}
