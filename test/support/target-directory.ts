import type { LocalExchange } from '../../sandbox/exchange/local-exchange.ts';
import type { TargetDirectory } from '../../src/engine/ports.ts';
import { exchangeDirectory } from '../../src/exchange/exchange-directory.ts';
import { unlimitedBudget } from '../../src/store/redis-budget.ts';

/** The product's way into a local Exchange, without limits and without the append lane. */
export function targetDirectoryOf(exchange: LocalExchange): TargetDirectory {
  return exchangeDirectory({
    ...exchange,
    credential: { secret: exchange.clientSecret },
    budget: unlimitedBudget(),
    clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    timeScale: 100,
    maxItemSize: 36_700_160,
    appendEndpoint: undefined,
  });
}
