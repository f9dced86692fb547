import {
  addRoute,
  ConflictError,
  currentUserOf,
  ForbiddenError,
  NotFoundError,
  objectIdOf,
  parseBody,
} from '@ticketing/common';
import type { Router } from 'express';
import { Types } from 'mongoose';
import { paymentsApi } from './api';
import { type Charge, findCharge, reserve } from './charge';
import type { OrderReplica } from './order-replica';
import { paymentState } from './payment';
import { takeCharge, type TakeChargeOptions } from './take-charge';

export interface CreatePaymentOptions extends TakeChargeOptions {
  readonly orders: OrderReplica;
  readonly clock: () => Date;
}

const NO_SUCH_ORDER = 'no such order';

/**
 * `POST /api/payments`: pays an order of the caller. The order is the key: it has one charge, so a repeat, or several
 * requests at once, pay once.
 */
export function createPayment(router: Router, options: CreatePaymentOptions): void {
  const { orders, charges, clock } = options;

  const chargeFor = async (orderId: string, token: string, userId: string): Promise<Charge> => {
    const order = await orders.find(orderId);
    if (!order) throw new NotFoundError(NO_SUCH_ORDER);
    if (order.userId !== userId) throw new ForbiddenError('this is the order of somebody else');
    const known = await findCharge(charges, order._id);
    if (known) return known;
    if (order.status !== 'created') throw new ConflictError(`the order is ${order.status}: nothing was taken`);
    const ids = { _id: order._id, paymentId: new Types.ObjectId() };
    return reserve(charges, { ...ids, token, amount: order.price, askedAt: clock() });
  };

  addRoute(router, paymentsApi.create, async (req, res) => {
    const { orderId, token } = parseBody(paymentsApi.create.body, req);
    const id = objectIdOf(orderId, NO_SUCH_ORDER).toHexString();
    const charge = await chargeFor(id, token, currentUserOf(req).id);
    if (charge.refusedAt) throw new ConflictError('the order was over before it was paid: the money goes back');
    if (charge.askedAt && charge.token !== token) {
      throw new ConflictError('another card is being charged for this order: wait for that');
    }
    if (charge.askedAt) await takeCharge(options, charge);
    const { _id, paymentId, amount } = charge;
    res.status(201).json(paymentState({ _id: paymentId, orderId: _id, amount, version: 0 }, 0));
  });
}
