import { EXAMPLE_IDS } from './ids';

/** Reply headers that several operations share. */
export const etag = { ETag: { description: 'The version, as a strong entity tag: for `If-Match`', example: '"0"' } };

export const nextLink = {
  Link: {
    description: 'Where the next page is; absent on the last one',
    example: `</api/tickets?limit=50&cursor=${EXAMPLE_IDS.ticket}>; rel="next"`,
    optional: true,
  },
} as const;

/** Address of the created aggregate. */
export const locationOf = (path: string) => ({ Location: { description: 'Its path', example: path } });
