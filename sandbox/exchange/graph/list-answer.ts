import type { QueryOptions } from '../odata/query-options.ts';
import { linkWith } from '../odata/query-options.ts';
import type { GraphAnswer, GraphCall } from './graph-call.ts';

/**
 * One page of a list. The next page is found by `$skip` on the live list, as Outlook's own links do: what is added or
 * taken away meanwhile shifts the pages.
 */
export function listAnswer<Thing>(
  call: GraphCall,
  context: string,
  options: QueryOptions,
  things: readonly Thing[],
  view: (thing: Thing) => object,
): GraphAnswer {
  const { world, request } = call;
  const page = things.slice(options.skip, options.skip + options.top);
  const next = options.skip + page.length;
  return {
    status: 200,
    json: {
      '@odata.context': contextUrl(world.origin, context),
      ...(options.count ? { '@odata.count': things.length } : {}),
      value: page.map(view),
      ...(next < things.length ? { '@odata.nextLink': linkWith(world.origin, request, { $skip: String(next) }) } : {}),
    },
  };
}

/** One thing, with the context Graph puts before it. */
export function entityAnswer(call: GraphCall, status: number, context: string, entity: object): GraphAnswer {
  return { status, json: { '@odata.context': contextUrl(call.world.origin, context), ...entity } };
}

function contextUrl(origin: string, what: string): string {
  return `${origin}/v1.0/$metadata#${what}`;
}
