import type { Redis } from 'ioredis';
import type { BatchName, UserAddress } from '../engine/domain/ids.ts';
import { PRIORITIES, TURNS, type WaitingUser } from '../engine/domain/schedule.ts';
import type { MigrationStore } from '../engine/ports.ts';
import { KEY } from './keys.ts';
import type { RedisTally } from './redis-tally.ts';

/** Reads the lists of those that wait, which are kept with the sums of their batch. */
export function waitingLanes(
  redis: Redis,
  tally: Pick<RedisTally, 'ready'>,
): Pick<MigrationStore, 'waiting' | 'watchedCount'> {
  return {
    async waiting(batch, until, most) {
      await tally.ready(batch);
      return readWaiting(redis, batch, until, most);
    },
    async watchedCount(batch) {
      await tally.ready(batch);
      return redis.zcard(KEY.tallyList(batch, 'watched'));
    },
  };
}

async function readWaiting(
  redis: Redis,
  batch: BatchName,
  until: number,
  most: number,
): Promise<readonly WaitingUser[]> {
  const wanted = TURNS.flatMap((turn) => PRIORITIES.map((priority) => ({ turn, priority })));
  const reading = redis.pipeline();
  for (const { turn, priority } of wanted) {
    const list = KEY.tallyList(batch, `${turn}-${priority}`);
    reading.zrangebyscore(list, '-inf', until, 'WITHSCORES', 'LIMIT', 0, most);
  }
  const answers = (await reading.exec()) ?? [];
  return answers.flatMap(([error, answer], at) => {
    if (error !== null) throw error;
    const lane = wanted[at];
    return lane === undefined ? [] : pairs(answer).map(([address, since]) => ({ ...lane, address, since }));
  });
}

// Members and scores take turns in the answer; what is no address of ours never got in.
function pairs(answer: unknown): readonly (readonly [UserAddress, number])[] {
  const texts: readonly unknown[] = Array.isArray(answer) ? answer : [];
  return texts.flatMap((text, at): (readonly [UserAddress, number])[] =>
    at % 2 === 0 ? [[String(text) as UserAddress, Number(texts[at + 1])]] : [],
  );
}
