import { addRoute, currentUserOf, ordersApi, sendNewest } from '@ticketing/common';
import type { Router } from 'express';
import { type OrderModel, orderState } from './order';

/** `GET /api/orders?limit&cursor`: the caller's own orders, newest first, in pages. */
export function listOrders(router: Router, Order: OrderModel): void {
  addRoute(router, ordersApi.list, async (req, res) => {
    await sendNewest({ req, res }, Order, { userId: currentUserOf(req).id }, (order) =>
      orderState(order, order.version),
    );
  });
}
