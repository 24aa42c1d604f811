import type { Draft, Kind } from './kind.ts';
import { pickSender } from './letters.ts';
import { encodedWords, serialize } from './mime.ts';

/** Writes one mail of a kind as it would lie in a mailbox, lines ending with CRLF. */
export function composeMail(kind: Kind, draft: Draft, messageId: string): Buffer {
  const { random, owner, internalDate } = draft;
  const written = kind.write(draft);
  if (written.raw !== undefined) return written.raw;

  const sender = pickSender(random);
  const fields = {
    From: sender.name === '' ? sender.address : `${phrase(sender.name)} <${sender.address}>`,
    To: `<${owner}>`,
    Subject: encodedWords(draft.subject, random.chance(0.5) ? 'B' : 'Q'),
    // Mail is written a little before it arrives.
    Date: formatDate(
      new Date(internalDate.getTime() - random.whole(0, 90) * 1000),
      random.pick([0, 60, 120, -300, 330]),
    ),
    'Message-ID': messageId,
    ...written.envelope,
  };
  const headers = Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  const received = `Received: from mx.example.com by imap.contoso.example with ESMTP;\r\n ${formatDate(internalDate, 0)}`;
  const top = [received, ...headers, `X-Owner: ${owner}`, ...(written.headers ?? []), 'MIME-Version: 1.0'];
  return Buffer.concat([
    written.rawHeaders ?? Buffer.alloc(0),
    serialize({ headers: [...top, ...written.entity.headers], body: written.entity.body }),
  ]);
}

/** A display name: quoted when it holds specials (RFC 5322, 3.2.3), encoded when it is not ASCII. */
function phrase(name: string): string {
  return /^[\x20-\x7e]*$/.test(name) && /[,&;:<>@"]/.test(name) ? `"${name}"` : encodedWords(name);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** A date as RFC 5322, 3.3 wants it, in a zone that many minutes east of UTC. */
export function formatDate(date: Date, zone: number): string {
  const local = new Date(date.getTime() + zone * 60_000);
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
  const offset = `${zone < 0 ? '-' : '+'}${two(Math.floor(Math.abs(zone) / 60))}${two(Math.abs(zone) % 60)}`;
  return `${DAYS[local.getUTCDay()]}, ${two(local.getUTCDate())} ${MONTHS[local.getUTCMonth()]} ${local.getUTCFullYear()} ${time} ${offset}`;
}
