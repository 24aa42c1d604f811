import type { MailToStore } from '../../sandbox/source/maildir-writer.ts';

/** A short mail that is known by its name: subject and Message-ID are made of it. */
export function plainMail(name: string, folder: readonly string[], flags: readonly string[] = []): MailToStore {
  const raw = [
    `From: Ada Sample <ada@fabrikam.example>`,
    `To: Rows Sample <rows@contoso.example>`,
    `Subject: ${name}`,
    `Message-ID: <${name}@fabrikam.example>`,
    'Date: Tue, 17 Oct 2023 21:43:00 +0000',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `This is ${name}.`,
    '',
  ].join('\r\n');
  return { folder, raw: Buffer.from(raw), flags, internalDate: new Date('2023-10-17T21:43:00Z') };
}
