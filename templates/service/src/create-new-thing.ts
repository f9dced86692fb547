import {
  addRoute,
  type CreateOnce,
  currentUserOf,
  ForbiddenError,
  insertAggregate,
  NotFoundError,
  objectIdOf,
  parseBody,
} from '@ticketing/common';
import type { Router } from 'express';
import type { Types } from 'mongoose';
import { newThingsApi } from './api';
import { type NewThingFields, type NewThingModel, newThingState } from './new-thing';
import type { OrderReplica } from './order-replica';

export interface CreateNewThingOptions {
  readonly NewThing: NewThingModel;
  readonly orders: OrderReplica;
  readonly createOnce: CreateOnce;
}

const NO_SUCH_ORDER = 'no such order';

/** `POST /api/new-things`: makes a new thing for an order of the caller. */
export function createNewThing(router: Router, { NewThing, orders, createOnce }: CreateNewThingOptions): void {
  addRoute(router, newThingsApi.create, async (req, res) => {
    const body = parseBody(newThingsApi.create.body, req);
    const order = await orders.find(objectIdOf(body.orderId, NO_SUCH_ORDER).toHexString());
    if (!order) throw new NotFoundError(NO_SUCH_ORDER);
    if (order.userId !== currentUserOf(req).id) throw new ForbiddenError('this is the order of somebody else');
    const fields = { orderId: order._id, amount: order.price };
    const create = (_id: Types.ObjectId) => insertAggregate(NewThing, { _id, ...fields }, 'new-thing:created');
    const { _id } = await createOnce<NewThingFields>({ req, res }, { model: NewThing, body, create });
    res.status(201).json(newThingState({ ...fields, _id, version: 0 }, 0));
  });
}
