import { z } from 'zod';

/** The body of every reply from status 400 on. */
export const errorReply = z
  .object({
    errors: z
      .array(
        z.object({
          message: z.string().describe('What is wrong, and what to do'),
          field: z.string().optional().describe('The input field that it is about, such as `price` or `items.0.id`'),
        }),
      )
      .min(1),
  })
  .meta({ id: 'Errors', description: 'What went wrong: at least one entry' });
