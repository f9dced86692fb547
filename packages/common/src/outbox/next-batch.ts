/** A source of documents, one at a time, such as a cursor of the driver or of Mongoose. */
interface Source<D> {
  next(): Promise<D | null>;
}

/** The next documents of a cursor: `size`, or fewer at its end. @throws what the cursor throws */
export async function nextBatch<D>(source: Source<D>, size: number): Promise<D[]> {
  const batch: D[] = [];
  while (batch.length < size) {
    const document = await source.next();
    if (!document) break;
    batch.push(document);
  }
  return batch;
}
