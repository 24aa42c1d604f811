import { ImapFlow } from 'imapflow';
import { generateMail } from './generate-mail.ts';

/** How to sign in at a source server. */
export interface SourceAccess {
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly user: string;
  readonly password: string;
}

/** Opens a connection for changing a source mailbox, as its owner would. */
export async function withSource<Result>(
  access: SourceAccess,
  use: (client: ImapFlow) => Promise<Result>,
): Promise<Result> {
  const client = new ImapFlow({
    host: access.host,
    port: access.port,
    secure: true,
    tls: { ca: access.ca },
    auth: { user: access.user, pass: access.password },
    logger: false,
    disableAutoIdle: true,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.logout();
  }
}

/** Lets new mail arrive in the inbox. */
export async function appendMail(access: SourceAccess, owner: string, count: number, seed = 4711): Promise<void> {
  await withSource(access, async (client) => {
    for (const mail of generateMail({ owner, count, seed, medianSize: 6_000 })) {
      await client.append('INBOX', mail.raw, [], mail.internalDate);
    }
  });
}
