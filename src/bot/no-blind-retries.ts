/**
 * Takes the connector's own retry policy out of its pipeline. It repeats a POST after a 502, although Teams may have
 * taken the first one: people would see a card twice. Bellhop decides itself what is sent again (see outbox.ts).
 */
export const noBlindRetries = {
  async onTurn(context: AnyTurn, next: () => Promise<void>): Promise<void> {
    const key: unknown = Reflect.get(context.adapter, 'ConnectorClientKey');
    const connector: unknown = typeof key === 'symbol' ? context.turnState.get(key) : undefined;
    const pipeline = at(at(connector, 'client'), 'pipeline');
    const remove = at(pipeline, 'removePolicy');
    if (typeof remove === 'function') remove.call(pipeline, { name: 'defaultRetryPolicy' });
    await next();
  },
};

/** What is needed of a turn of the Bot Framework. */
interface AnyTurn {
  readonly adapter: object;
  readonly turnState: { get(key: symbol): unknown };
}

function at(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
