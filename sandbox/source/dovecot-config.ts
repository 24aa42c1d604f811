import type { Certificate } from '../certificate.ts';

interface DovecotSettings {
  readonly directory: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly certificate: Certificate;
  readonly mailUser: string;
  readonly separator?: '/' | '.';
  readonly prefix?: string;
  readonly maxConnections?: number;
}

/** The whole configuration of a local Dovecot 2.3: one file, nothing of the system's. */
export function dovecotConfig(settings: DovecotSettings): string {
  const {
    directory,
    port,
    tlsPort,
    certificate,
    mailUser,
    separator = '/',
    prefix = '',
    maxConnections = 50,
  } = settings;
  // "/" can be part of a name only where it is not the separator, and Maildir then needs it escaped.
  const plugins = separator === '.' ? 'listescape' : '';
  const mailbox = (name: string, use: string): string =>
    `  mailbox ${name} {\n    special_use = \\${use}\n    auto = create\n  }`;
  return `base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${certificate.certificate}
ssl_key = <${certificate.key}
disable_plaintext_auth = no
auth_mechanisms = plain login
# A sandbox plays wrong passwords often: no growing delays.
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = ${directory}/users
}
userdb {
  driver = static
  args = uid=${mailUser} gid=${mailUser} home=${directory}/home/%u allow_all_users=yes
}
first_valid_uid = 1
mail_location = maildir:~/Maildir:LAYOUT=fs
mail_plugins = ${plugins}
mail_max_userip_connections = ${maxConnections}
service imap-login {
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
namespace inbox {
  inbox = yes
  separator = ${separator}
  prefix = ${prefix}
${mailbox('Sent', 'Sent')}
${mailbox('Drafts', 'Drafts')}
${mailbox('Trash', 'Trash')}
${mailbox('Junk', 'Junk')}
}
protocol imap {
  mail_plugins = ${plugins}
}
`;
}
