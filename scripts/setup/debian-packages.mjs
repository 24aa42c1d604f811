import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** A program is there when one of its files is (a bare name is looked up in PATH); else its packages are installed. */
const PROGRAMS = {
  redis: { files: ['redis-server', 'valkey-server'], packages: ['redis-server'] },
  dovecot: {
    files: ['/usr/lib/dovecot/imap', '/usr/libexec/dovecot/imap'],
    packages: ['dovecot-core', 'dovecot-imapd'],
  },
  // Debian keeps each version in a folder of its own; a client alone is there without initdb.
  postgres: {
    files: ['initdb', ...[13, 14, 15, 16, 17, 18].map((version) => `/usr/lib/postgresql/${version}/bin/initdb`)],
    packages: ['postgresql'],
  },
  openssl: { files: ['openssl'], packages: ['openssl'] },
  chromium: { files: ['chromium', 'chromium-browser', 'google-chrome'], packages: ['chromium'] },
  dejavu: { files: ['/usr/share/fonts/truetype/dejavu'], packages: ['fonts-dejavu-core'] },
  liberation: {
    files: ['/usr/share/fonts/truetype/liberation', '/usr/share/fonts/truetype/liberation2'],
    packages: ['fonts-liberation'],
  },
  mbsync: { files: ['mbsync'], packages: ['isync'] },
  interimap: { files: ['interimap'], packages: ['interimap'] },
  time: { files: ['/usr/bin/time'], packages: ['time'] },
};

/**
 * A policy-rc.d that answers 101 keeps dpkg from starting the servers it installs, a setting of postgresql-common keeps
 * PostgreSQL from making a database nobody asked for; both leave with the shell.
 */
const INSTALL = `
policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/bellhop-setup.conf
trap 'rm -f $ours' EXIT
trap 'exit 130' INT TERM
if [ ! -e $policy ]; then
  ours=$policy
  printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy
fi
case " $* " in *' postgresql '*)
  ours="$ours $cluster"
  mkdir -p /etc/postgresql-common/createcluster.d && echo 'create_main_cluster = false' > $cluster
esac
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=300 update -qq
apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@"`;

/**
 * Installs with apt what is missing, as root or through sudo without a password. Optional programs may stay missing.
 * @param {readonly string[]} required keys of PROGRAMS
 * @param {readonly string[]} optional keys of PROGRAMS
 */
export function ensureDebianPackages(required, optional) {
  const missing = [...required, ...optional].filter(isMissing);
  if (missing.length === 0) return;
  const packages = missing.flatMap((name) => PROGRAMS[name].packages);

  console.error(`Setting up: installing ${packages.join(' ')}`);
  const reason = install(packages) ?? 'apt-get did not install everything';

  const stillMissing = missing.filter(isMissing);
  const fatal = stillMissing.filter((name) => required.includes(name));
  if (fatal.length > 0) {
    const line = `apt-get update && apt-get install -y --no-install-recommends ${fatal.flatMap((name) => PROGRAMS[name].packages).join(' ')}`;
    throw new SetupError(`Cannot install what is missing (${reason}). Run as root:\n  ${line}`);
  }
  if (stillMissing.length > 0) console.error(`Going on without ${stillMissing.join(', ')}`);
}

/** @returns {string | undefined} why apt could not even be tried */
function install(packages) {
  if (!isOnPath('apt-get')) return 'there is no apt-get here';
  const shell = ['sh', '-c', INSTALL, 'sh', ...packages];
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0)
    return 'neither root nor sudo without a password';
  const [program, ...args] = isRoot ? shell : ['sudo', '-n', ...shell];
  // Output of apt goes to stderr; fd 2 twice.
  spawnSync(program, args, { stdio: ['ignore', 2, 2] });
  return undefined;
}

function isMissing(name) {
  return !PROGRAMS[name].files.some((file) => (file.startsWith('/') ? existsSync(file) : isOnPath(file)));
}

function isOnPath(program) {
  // Debian keeps servers in sbin, which is not in the PATH of ordinary users.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
  return folders.some((folder) => folder !== '' && existsSync(join(folder, program)));
}
