import type { Broker, ConsumeOptions, Message, Subscription } from '@ticketing/common';
import type { Delivery } from '../story/history';
import { keyOf, type PriceEvent } from '../story/story';

export interface RecordingOptions {
  readonly member: string;
  readonly now: () => number;
  readonly onDelivery: (delivery: Delivery) => void;
  readonly onAck: (delivery: Delivery) => void;
  readonly onSubscription: (subscription: Subscription) => void;
  /** Removed from, when the first ack of an event is lost; `keyOf` the events. */
  readonly acksToLose: Set<string>;
}

/** The broker of one member. It records what the member gets and acks, and drops the acks that the schedule wants lost. */
export function recordingBroker(broker: Broker, options: RecordingOptions): Broker {
  const { member, now, onDelivery, onAck, onSubscription, acksToLose } = options;
  const recorded = (message: Message): Message => {
    const { id, version } = JSON.parse(message.payload) as PriceEvent;
    const { channel, sequence, redelivered } = message;
    const delivery: Delivery = { id, version, member, channel, sequence, redelivered, at: now() };
    onDelivery(delivery);
    return {
      ...message,
      ack() {
        if (!broker.isConnected()) return; // cut off: nothing that it does now reaches a server
        delivery.ackedAt = now();
        if (acksToLose.delete(keyOf(delivery))) delivery.ackLost = true;
        else message.ack();
        onAck(delivery);
      },
    };
  };
  const consume = (channel: string, how: ConsumeOptions, onMessage: (message: Message) => void) => {
    const subscription = broker.consume(channel, how, (message) => onMessage(recorded(message)));
    onSubscription(subscription);
    return subscription;
  };
  return Object.create(broker, { consume: { value: consume } }) as Broker;
}
