/** Fields that describe the body that is not there, or sign it. */
const OF_THE_BODY = /^(content-|mime-version|dkim-signature|arc-|x-ms-has-attach|authentication-results)/i;
const MOST_HEADERS = 128 * 1024;

/**
 * A small message in place of one the target does not take: the headers of the message, and a text that says what is
 * missing, how large it is and where it still lies. In both languages: it is read by the owner of the mailbox.
 */
export function standInMessage(
  headers: Buffer,
  about: { readonly folder: string; readonly uid: number; readonly size: number; readonly limit: number },
): Buffer {
  const size = megabytes(about.size);
  const limit = megabytes(about.limit);
  const text = [
    `This message is a stand-in. The original has ${size}, and this mailbox takes ${limit}.`,
    `It was not moved. It lies in the old mailbox, folder "${about.folder}", number ${about.uid}.`,
    'Ask your administrator for it before the old mailbox is switched off.',
    '',
    `Diese Nachricht ist ein Platzhalter. Das Original hat ${size}, dieses Postfach nimmt ${limit}.`,
    `Es wurde nicht übertragen und liegt im alten Postfach, Ordner „${about.folder}“, Nummer ${about.uid}.`,
    'Fragen Sie Ihre Administratoren danach, bevor das alte Postfach abgeschaltet wird.',
    '',
  ].join('\r\n');
  const kept = [
    ...fieldsOf(headers).filter((field) => !OF_THE_BODY.test(field)),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
  return Buffer.concat([Buffer.from(`${kept.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(text, 'utf8')]);
}

// Fields with their continuation lines (RFC 5322, 2.2.3); bytes are kept as they are by latin1.
function fieldsOf(headers: Buffer): readonly string[] {
  const text = headers.subarray(0, MOST_HEADERS).toString('latin1').trimEnd();
  return text.split(/\r?\n(?![ \t])/).filter((field) => /^[\x21-\x39\x3b-\x7e]+[ \t]*:/.test(field));
}

/** "157.3 MB": as people say it, in English. */
export function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
