import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateMailbox, MAIL_KINDS } from '../../../sandbox/source/generate-mail.ts';
import type { MailboxOptions } from '../../../sandbox/source/generate-mail.ts';

const OPTIONS: MailboxOptions = {
  owner: 'lager@contoso.example',
  seed: 7,
  mails: 400,
  profile: 'quick',
  style: 'german',
};

describe('generated mailboxes', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(digest(OPTIONS)).toBe(digest(OPTIONS));
    expect(digest({ ...OPTIONS, seed: 8 })).not.toBe(digest(OPTIONS));
    expect(digest({ ...OPTIONS, owner: 'einkauf@contoso.example' })).not.toBe(digest(OPTIONS));
  });

  test('hold every kind of mail when there is room', () => {
    const seen = new Set([...generateMailbox({ ...OPTIONS, mails: 1500 }).mails()].map((mail) => mail.kind));

    expect(MAIL_KINDS.map((kind) => kind.name).filter((name) => !seen.has(name))).toEqual([]);
    expect(seen).toContain('exact duplicate');
    expect(seen).toContain('Message-ID used before');
  });

  test('name their owner in each mail that has a header', () => {
    for (const { raw, kind } of generateMailbox(OPTIONS).mails()) {
      const owners = raw.toString('latin1').match(/^X-Owner: .*$/gm) ?? [];
      expect(owners, kind).toEqual(kind === 'no header at all' ? [] : ['X-Owner: lager@contoso.example']);
    }
  });

  test('end every line with CRLF and use whole seconds of the last 15 years', () => {
    for (const { raw, kind, internalDate } of generateMailbox(OPTIONS).mails()) {
      expect(/[^\r]\n|\r[^\n]|\r$/.test(raw.toString('latin1')), kind).toBe(false);
      expect(internalDate.getTime() % 1000).toBe(0);
      expect(internalDate.getUTCFullYear()).toBeGreaterThanOrEqual(2011);
      expect(internalDate.getUTCFullYear()).toBeLessThanOrEqual(2026);
    }
  });

  test.each([
    ['quick', 1500, 60e6, 95e6],
    ['real', 1000, 85e6, 160e6],
    ['small', 2000, 6e6, 7.5e6],
  ] as const)('profile %s: %i mails have the promised size', (profile, mails, least, most) => {
    let bytes = 0;
    for (const { raw } of generateMailbox({ ...OPTIONS, profile, mails }).mails()) bytes += raw.length;

    expect(bytes).toBeGreaterThan(least);
    expect(bytes).toBeLessThan(most);
  });
});

function digest(options: MailboxOptions): string {
  const hash = createHash('sha256');
  for (const { raw, folder, flags, internalDate } of generateMailbox(options).mails()) {
    hash.update(raw).update(JSON.stringify([folder, flags, internalDate]));
  }
  return hash.digest('hex');
}
