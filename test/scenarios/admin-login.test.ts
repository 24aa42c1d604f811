import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planOf } from '../../sandbox/play-migration.ts';
import { type SandboxWorld, addressOf, startSandbox } from '../../sandbox/world.ts';
import { checkMigration } from '../checker/check-migration.ts';
import { userWhen } from '../support/sandbox-views.ts';

const MASTER = { name: 'master', password: 'master-not-a-real-password' };
const STYLES = [
  ['by template', 'info', 'user*master'],
  ['by authorization identity', 'sales', 'authzid:master'],
] as const;
let world: SandboxWorld;

beforeAll(async () => {
  world = await startSandbox({
    users: STYLES.map(([, name]) => ({ name, mails: 10 })),
    dovecot: { masterUser: MASTER },
  });
  await world.startBellhop('bot,worker');
});
afterAll(() => world[Symbol.asyncDispose]());

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

test('a template without a place for the user is refused', async () => {
  const { error } = await world.bellhop('add', 'endpoint', 'x', 'host=localhost', 'admin=master');

  expect(error).toContain('the word user');
});
