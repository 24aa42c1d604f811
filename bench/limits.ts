import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MailboxManners } from '../sandbox/exchange/limits/manners.ts';
import { fillMailbox } from '../sandbox/source/fill-mailbox.ts';
import { generateMailbox } from '../sandbox/source/generate-mail.ts';
import { startLocalDovecot } from '../sandbox/source/local-dovecot.ts';
import { PUBLISHED_LIMITS } from '../src/store/budget-limits.ts';
import { openBellhop } from './measure-bellhop.ts';
import { writeResults } from './results.ts';

const LATENCY = 250;
const { places, bytes: windowBytes, byteWindow } = PUBLISHED_LIMITS;

interface Course {
  readonly name: string;
  readonly profile: 'real' | 'small';
  readonly mails: number;
  readonly timeScale: number;
  /** What counts against the ceiling, from which amount to which, and how much of it a second is the ceiling at. */
  readonly amount: (manners: MailboxManners) => number;
  readonly from: number;
  readonly to: number;
  readonly ceiling: number;
}

/** Small mails are bound by four requests at once, large ones by their bytes; from the second window on, as the first is a burst. */
const COURSES: readonly Course[] = [
  {
    name: 'requests',
    profile: 'small',
    mails: 1500,
    timeScale: 1,
    amount: ({ requests }) => requests,
    from: 100,
    to: 1450,
    ceiling: (places * 1000) / LATENCY,
  },
  {
    name: 'bytes',
    profile: 'real',
    mails: 4200,
    timeScale: 4,
    amount: ({ bytes }) => bytes,
    from: windowBytes * 0.9,
    to: windowBytes * 2.9,
    ceiling: windowBytes / (byteWindow / 1000),
  },
];

/** The first sync of one mailbox against the published ceilings, with Exchange's limits on and 250 ms an answer. */
export async function benchLimits(): Promise<void> {
  const rows = [];
  for (const course of COURSES) {
    const row = await run(course);
    rows.push(row);
    console.log(
      `${row.name.padEnd(10)} ${row.perSecond.toFixed(1)} a second of ${row.ceiling.toFixed(1)}: ` +
        `${(row.share * 100).toFixed(1)} %, ${row.throttled} answers with 429, ${row.insideRetryAfter} inside a Retry-After`,
    );
  }
  writeResults('limits', rows);
}

async function run({ name, profile, mails: count, timeScale, amount, from, to, ceiling }: Course) {
  const directory = mkdtempSync(join(tmpdir(), 'bellhop-bench-'));
  const user = { name: 'u1', password: 'bench-not-a-real-password' };
  try {
    await using source = await startLocalDovecot({ directory: join(directory, 'source'), users: [user] });
    const mailbox = generateMailbox({ owner: 'u1@contoso.example', seed: 1, mails: count, profile, style: 'english' });
    const { mails, bytes } = await fillMailbox(source, user.name, mailbox.folders, mailbox.mails());
    console.log(`${name}: ${mails} mails, ${(bytes / 1e6).toFixed(0)} MB, time runs ${timeScale} times as fast`);
    const limits = { timeScale, latency: LATENCY / timeScale };
    await using bellhop = await openBellhop({ directory, source, servers: {}, user, limits });
    let over = false;
    const done = bellhop.firstSync(mails).finally(() => (over = true));
    const manners = async (): Promise<MailboxManners | undefined> =>
      (await bellhop.exchange.manners())['u1@contoso.example'];
    const reached = async (goal: number): Promise<{ readonly at: number; readonly amount: number }> => {
      for (;;) {
        const seen = await manners();
        if (seen !== undefined && amount(seen) >= goal) return { at: performance.now(), amount: amount(seen) };
        if (over) throw new Error(`The mailbox is too small: ${goal} was not reached.`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const [begin, end] = [await reached(from), await reached(to)];
    await done;
    const { throttled, insideRetryAfter } = (await manners()) ?? {
      throttled: Number.NaN,
      insideRetryAfter: Number.NaN,
    };
    const perSecond = (end.amount - begin.amount) / ((end.at - begin.at) / 1000) / timeScale;
    return { name, mails, perSecond, ceiling, share: perSecond / ceiling, throttled, insideRetryAfter };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
