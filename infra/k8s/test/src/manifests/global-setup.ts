import { builder } from './build';
import { publishedSchemas } from './schema';

/** Gets what the tests need before the first one begins: on a new machine that takes longer than a test may. */
export default async function getWhatIsMissing(): Promise<void> {
  await Promise.all([builder(), publishedSchemas()]);
}
