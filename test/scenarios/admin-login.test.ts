import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { type LocalOAuth, startLocalOAuth } from '../../sandbox/source/local-oauth.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { waitUntil } from '../support/wait-until.ts';
import { userWhen } from '../support/sandbox-views.ts';

const SECRET = 'client-secret-not-a-real-one';
const MASTER = { name: 'master', password: 'master-not-a-real-password' };
const STYLES = [
  ['by template', 'info', 'user*master'],
  ['by authorization identity', 'sales', 'authzid:master'],
] as const;
const REFRESH = 'refresh-token-of-branch-not-a-real-one';
const TOKEN_USER = { name: 'branch', mails: 400, style: 'deep' } as const;
let world: SandboxWorld;
let oauth: LocalOAuth;

beforeAll(async () => {
  oauth = await startLocalOAuth({
    ...{ client: 'bellhop', secret: SECRET, appUser: TOKEN_USER.name, lifetime: 4, rotating: true },
    refreshTokens: new Map([[REFRESH, TOKEN_USER.name]]),
  });
  world = await startSandbox({
    users: [...STYLES.map(([, name]) => ({ name, mails: 10 })), TOKEN_USER],
    latency: 30,
    dovecot: { masterUser: MASTER, tokenInfoUrl: oauth.tokenInfoUrl },
  });
  const secrets = join(world.directory, 'oauth.json');
  writeFileSync(secrets, JSON.stringify({ [oauth.tokenUrl]: { bellhop: SECRET } }));
  await world.startBellhop('bot,worker', { BELLHOP_OAUTH_FILE: secrets });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await oauth[Symbol.asyncDispose]();
});

test.each(STYLES)(
  "an administrator of Dovecot signs in %s: the mail moves, nobody else's does",
  async (_how, name, admin) => {
    const file = join(world.directory, `${name}.csv`);
    writeFileSync(file, `EmailAddress,UserName,Password\n${addressOf(name)},${name},${MASTER.password}\n`);
    await world.bellhop('add', 'endpoint', name, 'host=localhost', `port=${world.source.tlsPort}`, `admin=${admin}`);
    await world.bellhop('import', file, `batch=${name}`, `endpoint=${name}`);

    await world.bellhop('start', 'batch', name);

    const user = await userWhen(world, name, 'Synced');
    expect(user.items).toMatchObject({ source: 10, copied: 10 });
    const plan = planOf(world);
    const own = { ...plan, users: plan.users.filter(({ login }) => login === name) };
    expect((await checkMigration(own)).findings).toEqual([]);
  },
);

test('tokens that live for seconds: they end in the middle of the sync, which ends well and lacks nothing', async () => {
  const { name, mails } = TOKEN_USER;
  const file = join(world.directory, 'tokens.csv');
  writeFileSync(file, `EmailAddress,UserName,Password\n${addressOf(name)},${name},${REFRESH}\n`);
  const source = ['host=localhost', `port=${world.source.tlsPort}`, `token=${oauth.tokenUrl}`, 'client=bellhop'];
  await world.bellhop('add', 'endpoint', 'cloud', ...source, 'grant=refresh');
  await world.bellhop('import', file, 'batch=tokens', 'endpoint=cloud');
  const arrived = (): number =>
    world.exchange.mailboxes.folders(addressOf(name)).reduce((sum, { items }) => sum + items.length, 0);

  await world.bellhop('start', 'batch', 'tokens');
  await waitUntil(
    async () => arrived(),
    (items) => items >= 10,
  );
  // The server ends a session when its token does, as Exchange Online does.
  oauth.revoke();
  await world.source.doveadm('kick', name);

  const user = await userWhen(world, name, 'Synced');
  expect(user.items).toMatchObject({ source: mails, pending: 0, failed: 0 });
  // Each refresh token was good for one use, and the next one was kept.
  expect(oauth.asked.length).toBeGreaterThan(1);
  expect(new Set(oauth.asked.map(({ refreshToken }) => refreshToken)).size).toBe(oauth.asked.length);
  const plan = planOf(world);
  const own = { ...plan, users: plan.users.filter(({ login }) => login === name) };
  expect((await checkMigration(own)).findings).toEqual([]);
  const stored = world.readEverythingStored();
  for (const secret of [SECRET, REFRESH, 'access-1-of', 'refresh-token-number']) expect(stored).not.toContain(secret);
});

test('a template without a place for the user is refused', async () => {
  const { error } = await world.bellhop('add', 'endpoint', 'x', 'host=localhost', 'admin=master');

  expect(error).toContain('the word user');
});
