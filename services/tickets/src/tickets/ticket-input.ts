import { z } from 'zod';

/** What a user says of a ticket. */
export const ticketInput = z.strictObject({
  title: z.string().trim().min(1, 'a title is needed').max(200, 'at most 200 characters'),
  price: z.number('a number is needed').positive('must be greater than 0').max(1_000_000, 'at most 1,000,000'),
});
