import {
  addRoute,
  currentUserOf,
  etagOf,
  ForbiddenError,
  NotFoundError,
  objectIdOf,
  ordersApi,
  type Stored,
  withoutOutbox,
} from '@ticketing/common';
import type { Router } from 'express';
import { type OrderFields, type OrderModel, orderState } from './order';

/** `GET /api/orders/:id`: the owner reads an order. */
export function showOrder(router: Router, Order: OrderModel): void {
  addRoute(router, ordersApi.show, async (req, res) => {
    const order = await Order.findById(objectIdOf(req.params['id'], 'no such order'), withoutOutbox).lean<
      Stored<OrderFields>
    >();
    if (!order) throw new NotFoundError('no such order');
    if (order.userId !== currentUserOf(req).id) throw new ForbiddenError('this is the order of somebody else');
    res.set('ETag', etagOf(order.version)).json(orderState(order, order.version));
  });
}
