import { readConfig } from '../../src/config.ts';
import type { World } from '../../src/engine/ports.ts';
import { type OpenWorld, openWorld } from '../../src/open-world.ts';
import { stopRedisOf } from '../../sandbox/stop-redis.ts';
import { keepingLog, systemClock, temporaryDirectory } from '../store/local-redis.ts';

export interface EngineWorld extends AsyncDisposable {
  readonly opened: OpenWorld;
  readonly world: World;
  /** Sets the clock forward by so many ms. */
  pass(ms: number): void;
}

/** The engine with a real Redis and a clock that can be set forward; nobody takes its jobs. */
export async function startEngineWorld(environment: Readonly<Record<string, string>> = {}): Promise<EngineWorld> {
  const directory = await temporaryDirectory();
  const config = readConfig(
    { BELLHOP_SANDBOX: '1', BELLHOP_ROLES: 'bot', BELLHOP_DATA: directory.path, PORT: '0', ...environment },
    'serve',
  );
  let ahead = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const opened = await openWorld(config, clock, keepingLog());
  return {
    opened,
    world: opened.world,
    pass: (ms) => void (ahead += ms),
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      stopRedisOf(directory.path);
      await directory[Symbol.asyncDispose]();
    },
  };
}
