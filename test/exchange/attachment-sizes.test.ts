import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseUserAddress } from '../../src/engine/domain/ids.ts';
import { parseFlags } from '../../src/engine/domain/mailbox.ts';
import type { TargetMailbox } from '../../src/engine/ports.ts';
import { type Fixture, startFixture } from '../sandbox/exchange/exchange-fixture.ts';
import { targetDirectoryOf } from '../support/target-directory.ts';

const ADDRESS = 'large@contoso.example';

let fixture: Fixture;
let mailbox: TargetMailbox;

beforeAll(async () => {
  fixture = await startFixture();
  const target = targetDirectoryOf(fixture.exchange);
  const { id } = await fixture.exchange.addMailbox({ address: ADDRESS });
  const address = parseUserAddress(ADDRESS);
  if (address === undefined) throw new Error('an address is one');
  mailbox = await target.open({ id, address });
});
afterAll(async () => {
  await mailbox[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

// Around what "3 MB" may mean: 3,000,000 or 3,145,728 bytes, and what fits into a request of 4 MB in base64.
test.each([2_900_000, 2_900_001, 3_000_000, 3_063_502, 3_145_000, 3_145_728, 4_000_000])(
  'an attachment of %i bytes arrives whole, and nothing is noted',
  async (size) => {
    const [inbox] = await mailbox.listFolders();
    const content = Buffer.alloc(size, `${size}-`).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
    const raw = Buffer.from(
      [
        ...[`Subject: ${size}`, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', ''],
        ...['--b', 'Content-Type: text/plain', '', 'see the file', '--b', 'Content-Type: application/octet-stream'],
        ...[
          'Content-Transfer-Encoding: base64',
          'Content-Disposition: attachment; filename=a.pdf',
          '',
          content,
          '--b--',
        ],
      ].join('\r\n'),
    );
    const message = { raw, marker: `u|INBOX|1|${size}|run`, flags: parseFlags(new Set()), categories: [] };

    const outcome = await mailbox.importMessage(inbox?.id ?? '', message, new AbortController().signal);

    expect(outcome).toMatchObject({ outcome: 'imported', notes: [] });
  },
);
