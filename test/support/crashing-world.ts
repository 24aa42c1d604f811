import type { World } from '../../src/engine/ports.ts';

/** What a call throws in a process that is gone. Nobody catches it for what it is: it is no MigrationError. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface CrashPlan {
  /** The number of the call, counted from 0 over all ports, at which the process dies; undefined for never. */
  readonly at: number | undefined;
  /** Whether that call still reaches the other side, and only its answer is lost. */
  readonly carriedOut: boolean;
}

export interface CrashingWorld {
  readonly world: World;
}

/**
 * A world whose process dies at one of its calls, whichever port it goes to. From then on no call has an effect any more,
 * whatever `finally` blocks still try; connections close, as the system closes those of a dead process.
 */
export function crashingWorld(real: World, plan: CrashPlan): CrashingWorld {
  let calls = 0;
  let dead = false;

  function wrap<Value>(value: Value): Value {
    if (typeof value !== 'object' || value === null || !hasMethods(value)) return value;
    return new Proxy(value, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        if (typeof name === 'symbol') return member.bind(target);
        return (...args: unknown[]) => call(() => Reflect.apply(member, target, args) as unknown);
      },
    });
  }

  function call(carryOut: () => unknown): unknown {
    if (dead) return gone();
    const dies = calls === plan.at;
    calls += 1;
    if (!dies) {
      const answer = carryOut();
      return answer instanceof Promise ? answer.then(wrap) : answer;
    }
    dead = true;
    if (!plan.carriedOut) return gone();
    const answer = carryOut();
    return answer instanceof Promise ? answer.catch(() => undefined).then(gone) : gone();
  }

  const { source, target, ledgers, store, vault, jobs, ...rest } = real;
  return {
    world: {
      ...rest,
      source: wrap(source),
      target: wrap(target),
      ledgers: wrap(ledgers),
      store: wrap(store),
      vault: wrap(vault),
      jobs: wrap(jobs),
    },
  };
}

// For whoever awaits an answer, and for whoever walks through one.
function gone(): Promise<never> {
  const answer = Promise.reject(new Crash());
  answer.catch(() => undefined);
  return Object.assign(answer, {
    // oxlint-disable-next-line require-yield -- it ends before the first
    async *[Symbol.asyncIterator]() {
      throw new Crash();
    },
  });
}

// Ports, mailboxes, folders and ledgers have methods; what they answer with is data.
function hasMethods(value: object): boolean {
  for (let at: unknown = value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const owner = at as object;
    if (Array.isArray(value) || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) return false;
    for (const name of Object.getOwnPropertyNames(owner)) {
      if (name === 'constructor') continue;
      const getter = Object.getOwnPropertyDescriptor(owner, name);
      if (typeof getter?.value === 'function') return true;
    }
  }
  return false;
}
