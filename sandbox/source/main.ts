// The sandbox' mail servers as a process of their own: prints one JSON line when all is ready; SIGTERM stops it.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { startSourceWorld } from './source-world.ts';
import type { LocalDovecot } from './local-dovecot.ts';

const PROFILES = ['quick', 'real', 'small'] as const;

const { values } = parseArgs({
  options: {
    directory: { type: 'string' },
    profile: { type: 'string', default: 'quick' },
    seed: { type: 'string', default: '1' },
    mails: { type: 'string' },
    users: { type: 'string' },
  },
});
const profile = PROFILES.find((name) => name === values.profile);
if (values.directory === undefined || profile === undefined) {
  console.error(
    `usage: node sandbox/source/main.ts --directory <folder> [--profile ${PROFILES.join('|')}] [--seed n] [--mails n] [--users n]`,
  );
  process.exit(2);
}

const ended = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), once(process, 'SIGHUP')]);
const world = await startSourceWorld({
  directory: values.directory,
  profile,
  seed: Number(values.seed),
  ...(values.mails === undefined ? {} : { mails: Number(values.mails) }),
  ...(values.users === undefined ? {} : { users: Number(values.users) }),
});
console.log(
  JSON.stringify({
    servers: { modern: address(world.modern), dotted: address(world.dotted) },
    masterUser: world.masterUser,
    users: world.users.map(({ server, ...user }) => ({
      ...user,
      server: server === world.dotted ? 'dotted' : 'modern',
    })),
  }),
);
await ended;
await world.stop();
process.exit(0);

function address({ host, port, tlsPort, caFile, settings }: LocalDovecot): object {
  return { host, port, tlsPort, caFile, separator: settings.separator, prefix: settings.prefix };
}
