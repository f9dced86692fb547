import { Schema } from 'mongoose';
import { dropAndClose, testConnection } from '@ticketing/testing';
import { ownedAggregate, type OwnedModel } from './owned-aggregate';
import { type Thing, thingState } from './owner.test.helper';
import { saveAggregate } from './save-aggregate';

test('a save that failed before its write is no lost reply, although the aggregate has saved an event before', async () => {
  const [connection, other] = await Promise.all([testConnection(), testConnection()]);
  let looks = false;
  const schema = new Schema({ title: String, price: Number });
  schema.pre('save', async () => {
    if (looks) await other.collection('anything').countDocuments();
  });
  ownedAggregate<Thing>(schema, { state: thingState });
  const model = connection.model('Thing', schema, 'things') as unknown as OwnedModel<Thing>;
  try {
    const thing = new model({ title: 'first', price: 1 });
    thing.record('ticket:created');
    await saveAggregate(thing);

    await other.close();
    looks = true; // in a database that is away, so the save does not reach its write
    thing.title = 'second';
    thing.record('ticket:updated');
    await expect(saveAggregate(thing)).rejects.toThrow();
    expect(await model.findById(thing._id)).toMatchObject({ title: 'first', version: 0 });
  } finally {
    await dropAndClose(connection);
  }
});
