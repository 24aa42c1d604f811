import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { ServerCertificate } from './certificate.ts';

export interface DovecotSettings {
  readonly folder: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly separator: '/' | '.';
  /** Prefix of all personal folders, for instance `INBOX.`; empty for none. */
  readonly prefix: string;
  readonly format: 'maildir' | 'mdbox';
  /** Mail is on the disk before the server answers, as in production; default false. */
  readonly durable: boolean;
  readonly plugins: readonly string[];
  /** Connections of one user from one address at a time (mail_max_userip_connections). */
  readonly maxConnections: number;
  /** False: wrong passwords are answered at once, and do not slow down the next login. */
  readonly realLoginDelays: boolean;
  readonly certificate: ServerCertificate;
  /** Names with a SPECIAL-USE attribute, wherever a user has such a folder. */
  readonly specialUse: Readonly<Record<string, string>>;
  /** Where tokens are asked about (XOAUTH2, OAUTHBEARER); the token is put behind it. Empty: no tokens. */
  readonly tokenInfoUrl: string;
  /** Lines put at the end, for tests of one setting. */
  readonly extraConfig: string;
}

interface MailOwner {
  readonly uid: number;
  readonly gid: number;
  /** Names of user and group; undefined when root starts the server, which then has users of its own. */
  readonly names: { readonly user: string; readonly group: string } | undefined;
}

/** The user that mail belongs to: Debian's own `mail` when root starts the server, else whoever starts it. */
export function mailOwner(): MailOwner {
  const { uid, gid, username } = userInfo();
  if (uid === 0) return { uid: 8, gid: 8, names: undefined };
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
  return { uid, gid, names: { user: username, group } };
}

/** Text of dovecot.conf for Dovecot 2.3. Everything lies below one folder, nothing of /etc or /run is used. */
export function dovecotConfig(settings: DovecotSettings, user: MailOwner): string {
  const { folder, certificate } = settings;
  const plugins = settings.plugins.join(' ');
  return `
base_dir = ${join(folder, 'run')}
state_dir = ${join(folder, 'state')}
log_path = ${join(folder, 'dovecot.log')}
instance_name = sandbox-${settings.port}
protocols = imap
listen = 127.0.0.1
${user.names === undefined ? '' : runAs(user.names)}
ssl = yes
ssl_cert = <${certificate.certFile}
ssl_key = <${certificate.keyFile}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_master_user_separator = *
auth_username_chars =
passdb {
  driver = passwd-file
  args = ${join(folder, 'masters')}
  master = yes
}
passdb {
  driver = passwd-file
  args = ${join(folder, 'users')}
}
userdb {
  driver = static
  args = uid=${user.uid} gid=${user.gid} home=${join(folder, 'home', '%u')} allow_all_users=yes
}
first_valid_uid = 1
first_valid_gid = 1
mail_location = ${settings.format}:~/${settings.format}
mail_plugins = ${plugins}
mail_max_userip_connections = ${settings.maxConnections}
# Nothing here has to survive a power cut, unless a benchmark wants what a real server does.
mail_fsync = ${settings.durable ? 'optimized' : 'never'}
mailbox_list_index = yes
service imap-login {
  service_count = 0
  process_min_avail = 1
  client_limit = 2000
  inet_listener imap {
    port = ${settings.port}
  }
  inet_listener imaps {
    port = ${settings.tlsPort}
    ssl = yes
  }
}
service imap {
  process_limit = 500
}
service anvil {
  client_limit = 3000
  ${settings.realLoginDelays ? '' : 'unix_listener anvil-auth-penalty {\n    mode = 0\n  }'}
}
service auth {
  client_limit = 3000
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
${settings.realLoginDelays ? '' : 'auth_failure_delay = 0'}
namespace inbox {
  inbox = yes
  separator = ${settings.separator}
  prefix = ${settings.prefix}
${Object.entries(settings.specialUse).map(specialUseBlock).join('')}}
protocol imap {
  mail_plugins = ${plugins}
}
${settings.tokenInfoUrl === '' ? '' : byToken(folder)}
${settings.extraConfig}
`;
}

function specialUseBlock([name, attribute]: readonly [string, string]): string {
  return `  mailbox "${name}" {\n    special_use = ${attribute}\n  }\n`;
}

function byToken(folder: string): string {
  return `auth_mechanisms = plain login xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${join(folder, 'oauth2.conf')}
}
`;
}

/** Text of the file that says where tokens are asked about. */
export function oauthConfig(tokenInfoUrl: string): string {
  return `tokeninfo_url = ${tokenInfoUrl}\nusername_attribute = email\n`;
}

/** Without root there is nothing to change into: every process runs as the one user, and nothing can chroot. */
function runAs({ user, group }: { readonly user: string; readonly group: string }): string {
  const noChroot = ['anvil', 'imap-login', 'imap-urlauth-login', 'pop3-login', 'submission-login'];
  return `default_login_user = ${user}
default_internal_user = ${user}
default_internal_group = ${group}
${noChroot.map((service) => `service ${service} {\n  chroot =\n}\n`).join('')}`;
}
