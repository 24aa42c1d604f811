import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { fillMailbox } from '../../sandbox/source/fill-mailbox.ts';
import { addressOf, startSandbox } from '../../sandbox/world.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { readExchangeStore } from '../checker/read-exchange-store.ts';
import { syncAgain, userWhen } from '../support/sandbox-views.ts';

/** Nasty real mail kept beside the project; where it is not, there is nothing to test. */
const CORPUS = new URL('../../../shared/corpus', import.meta.url).pathname;

/** Nested multiparts with one boundary for all (cpython/msg_39): a strict reading sees two of its six attachments. */
const ONE_BOUNDARY_FOR_ALL = 'cpython UID 22';

test.skipIf(!existsSync(CORPUS)).each([
  ['as JSON alone', false],
  ['with the append lane', true],
])(
  'nasty real mail is copied faithfully or skipped with a reason, none lost: %s',
  { timeout: 180_000 },
  async (_, appendLane) => {
    await using world = await startSandbox({ users: [{ name: 'nasty', mails: 1 }], appendLane });
    const files = globSync('*/*.eml', { cwd: CORPUS }).sort();
    const mails = files.map((file, at) => ({
      folder: ['Corpus', basename(dirname(file))],
      raw: asOnTheWire(readFileSync(join(CORPUS, file))),
      flags: at % 3 === 0 ? ['\\Seen'] : [],
      internalDate: new Date(Date.UTC(2015, 0, 1, 0, at)),
    }));
    await fillMailbox(world.source, 'nasty', [], mails);
    await world.startBellhop('bot,worker');
    await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
    await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');

    await world.bellhop('start', 'batch', 'demo');
    const user = await userWhen(world, 'nasty', 'Synced', 120_000);

    const { findings, mailboxes } = await checkMigration(planOf(world));
    expect(findings.filter(({ where }) => !where?.endsWith(ONE_BOUNDARY_FOR_ALL))).toEqual([]);
    expect(mailboxes[0]).toMatchObject({ source: files.length + 1, lost: 0, doubled: 0 });
    const bytes = readExchangeStore(world.exchangeDirectory, addressOf('nasty')).filter(({ rawHash }) => rawHash);
    expect(bytes.length > 0).toBe(appendLane);
    expect(user.items.copied + user.items.skipped).toBe(files.length + 1);
    expect(await syncAgain(world, 'nasty')).toMatchObject({ items: user.items });
  },
);

// Files kept with line feeds alone were mail once; a file that has CRLF at all is left as it is, stray line ends included.
function asOnTheWire(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  return text.includes('\r\n') ? bytes : Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');
}
