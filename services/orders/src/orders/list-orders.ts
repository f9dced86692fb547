import { currentUserOf, parsePage, requireAuth, setNextLink } from '@ticketing/common';
import type { Router } from 'express';
import { Types } from 'mongoose';
import { type OrderModel, orderState } from './order';

/** `GET /api/orders?limit&cursor`: the caller's own orders, newest first, a page at a time. */
export function listOrders(router: Router, Order: OrderModel): void {
  router.get('/api/orders', requireAuth, async (req, res) => {
    const { limit, cursor } = parsePage(req.query);
    const older = cursor === undefined ? {} : { _id: { $lt: new Types.ObjectId(cursor) } };
    const found = await Order.find({ userId: currentUserOf(req).id, ...older })
      .sort({ _id: -1 })
      .limit(limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    if (found.length > limit && last) setNextLink(req, res, { limit, cursor: String(last._id) });
    res.json(page.map((order) => orderState(order, order.version)));
  });
}
