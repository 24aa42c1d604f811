/** What the DNS said over time. */
export interface MxMemory {
  /** Highest TTL of the MX records before they were lowered, in seconds. */
  readonly oldTtl: number;
  /** Highest TTL at the last look before the switch, in seconds: this long the world may still know the old host. */
  readonly lastTtl: number;
  /** Since when all servers of the zone have short TTLs. */
  readonly loweredAt?: number;
  /** Since when every server says the target. */
  readonly switchedAt?: number;
}

/** What one look says of the MX records; `ttl` in seconds. */
export interface MxLook {
  readonly ttl: number | undefined;
  readonly lowered: boolean | undefined;
  readonly switched: boolean | undefined;
}

/** What is remembered of the MX after a look. `undefined`: silent servers leave it open, and what was known stays. */
export function rememberMx(memory: MxMemory | undefined, look: MxLook, now: number): MxMemory {
  const ttl = look.ttl ?? 0;
  const before = memory ?? { oldTtl: ttl, lastTtl: ttl };
  const loweredAt =
    look.lowered === undefined ? before.loweredAt : look.lowered ? (before.loweredAt ?? now) : undefined;
  const switchedAt =
    look.switched === undefined ? before.switchedAt : look.switched ? (before.switchedAt ?? now) : undefined;
  return {
    oldTtl: loweredAt === undefined ? Math.max(before.oldTtl, ttl) : before.oldTtl,
    lastTtl: switchedAt === undefined && look.ttl !== undefined ? ttl : before.lastTtl,
    ...(loweredAt === undefined ? {} : { loweredAt }),
    ...(switchedAt === undefined ? {} : { switchedAt }),
  };
}

/** Several domains of one cutover, as one: it is lowered and switched when the last of them is, and waits for the longest TTL. */
export function joinMx(all: readonly MxMemory[]): MxMemory {
  const most = (of: (memory: MxMemory) => number): number => Math.max(0, ...all.map(of));
  const last = (of: (memory: MxMemory) => number | undefined): number | undefined =>
    all.every((each) => of(each) !== undefined) ? most((each) => of(each) ?? 0) : undefined;
  const loweredAt = last((each) => each.loweredAt);
  const switchedAt = last((each) => each.switchedAt);
  return {
    oldTtl: most((each) => each.oldTtl),
    lastTtl: most((each) => each.lastTtl),
    ...(loweredAt === undefined ? {} : { loweredAt }),
    ...(switchedAt === undefined ? {} : { switchedAt }),
  };
}

/** From when on the world knows the short TTL, in ms since 1970. */
export function shortTtlKnownAt({ loweredAt, oldTtl }: MxMemory, timeScale: number): number | undefined {
  return loweredAt === undefined ? undefined : loweredAt + (oldTtl * 1000) / timeScale;
}

/** From when on nobody may know the old host any more: the last TTL before the switch is over. */
export function oldHostForgottenAt({ switchedAt, lastTtl }: MxMemory, timeScale: number): number | undefined {
  return switchedAt === undefined ? undefined : switchedAt + (lastTtl * 1000) / timeScale;
}
