import { describe, expect, test } from 'vitest';
import type { MigrationEndpoint } from '../../src/engine/domain/endpoint.ts';
import { parseEndpointName } from '../../src/engine/domain/ids.ts';
import { connectFailure } from '../../src/imap/imap-failure.ts';

const name = parseEndpointName('old');
if (name === undefined) throw new Error('a name is one');
const ENDPOINT: MigrationEndpoint = {
  name,
  host: 'imap.contoso.example',
  port: 993,
  security: 'tls',
  login: 'plain',
  initial: 20,
  incremental: 10,
};

function refused(serverResponseCode: string, offered: readonly string[]): string {
  const error = Object.assign(new Error('Command failed'), { authenticationFailed: true, serverResponseCode });
  return connectFailure(error, undefined, ENDPOINT, offered).code;
}

describe('a sign-in that was refused', () => {
  test.each([
    [
      'the password, said by the server',
      'AUTHENTICATIONFAILED',
      ['IMAP4rev1', 'AUTH=PLAIN'],
      'ImapAuthenticationException',
    ],
    ['the password, without a code', '', ['IMAP4rev1', 'AUTH=PLAIN', 'AUTH=LOGIN'], 'ImapAuthenticationException'],
    ['the password, by LOGIN', '', ['IMAP4rev1'], 'ImapAuthenticationException'],
    [
      'the password, although only CRAM-MD5 is named',
      'AUTHENTICATIONFAILED',
      ['AUTH=CRAM-MD5'],
      'ImapAuthenticationException',
    ],
    ['only NTLM', '', ['IMAP4rev1', 'AUTH=NTLM'], 'ImapMechanismUnsupported'],
    [
      'only NTLM and GSSAPI, LOGIN forbidden',
      '',
      ['LOGINDISABLED', 'AUTH=NTLM', 'AUTH=GSSAPI'],
      'ImapMechanismUnsupported',
    ],
    ['only SCRAM', '', ['AUTH=SCRAM-SHA-1', 'AUTH=SCRAM-SHA-256'], 'ImapMechanismUnsupported'],
    ['nothing at all before TLS', '', ['IMAP4rev1', 'LOGINDISABLED'], 'ImapMechanismUnsupported'],
    ['a limit of the server', 'LIMIT', ['AUTH=PLAIN'], 'ImapSignInDelayed'],
    ['a server that is not well', 'UNAVAILABLE', ['AUTH=PLAIN'], 'ImapSignInDelayed'],
  ])('%s', (_what, code, offered, expected) => {
    expect(refused(code, offered)).toBe(expected);
  });
});
