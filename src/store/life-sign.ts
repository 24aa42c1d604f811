import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../engine/ports.ts';
import { KEY } from './keys.ts';

/** A process says that it is alive this often (ms); one that was silent for three times as long is dead. */
export const HEARTBEAT = 2_000;

/** By this others know that a process that holds places in Redis is alive: the places of a dead one are free. */
export interface LifeSign {
  /** What a holder begins with. */
  readonly processId: string;
  /** Says it now, unless it was said within so many ms. */
  say(within: number): Promise<void>;
  /** One place more, or one less: said again and again while there is one. A process without places need not be known. */
  hold(change: 1 | -1): void;
  stop(): void;
}

export function lifeSign(redis: Redis, clock: Clock): LifeSign {
  const processId = randomUUID();
  let saidAt = Number.NEGATIVE_INFINITY;
  let held = 0;
  let timer: NodeJS.Timeout | undefined;

  async function say(within: number): Promise<void> {
    if (clock.now() - saidAt <= within) return;
    saidAt = clock.now();
    await redis.set(KEY.alive + processId, '1', 'PX', HEARTBEAT * 3);
  }

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  return {
    processId,
    say,
    hold(change) {
      held += change;
      if (held > 0)
        timer ??= setInterval(() => void say(Number.NEGATIVE_INFINITY).catch(() => undefined), HEARTBEAT).unref(); // prettier-ignore
      else stop();
    },
    stop,
  };
}
