// For the compiler only, and not copied: in a service the event is declared in packages/common/src/events (templates/event).
import type {} from '@ticketing/common/events';

declare module '@ticketing/common/events' {
  interface Contracts {
    'new-thing:created': Contracts['payment:created'];
  }
}
