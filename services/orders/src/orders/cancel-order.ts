import {
  addRoute,
  ConflictError,
  currentUserOf,
  ForbiddenError,
  NotFoundError,
  objectIdOf,
  ordersApi,
  updateAggregate,
} from '@ticketing/common';
import type { Router } from 'express';
import { isActive, type OrderFields, type OrderModel } from './order';

/**
 * Cancels an order in memory. Returns the event to record, or undefined when the order is already cancelled.
 * @throws ConflictError when it is complete
 */
export function cancel(order: Pick<OrderFields, 'status'>): 'order:cancelled' | undefined {
  if (!isActive(order)) return undefined;
  if (order.status === 'complete') throw new ConflictError('the order is paid: it cannot be cancelled any more');
  order.status = 'cancelled';
  return 'order:cancelled';
}

/** `DELETE /api/orders/:id`: the owner cancels an order. A repeat gets the same answer and publishes nothing. */
export function cancelOrder(router: Router, Order: OrderModel): void {
  addRoute(router, ordersApi.cancel, async (req, res) => {
    const id = objectIdOf(req.params['id'], 'no such order');
    const updated = await updateAggregate(Order, id, (order) => {
      if (order.userId !== currentUserOf(req).id) throw new ForbiddenError('this is the order of somebody else');
      return cancel(order);
    });
    if (!updated) throw new NotFoundError('no such order');
    res.status(204).end();
  });
}
