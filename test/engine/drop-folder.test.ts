import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  link,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DropFolder } from '../../src/drop/drop-folder.ts';
import { MigrationError } from '../../src/engine/domain/failure.ts';
import type { BatchName, UserAddress } from '../../src/engine/domain/ids.ts';
import type { World } from '../../src/engine/ports.ts';
import { crashingWorld } from '../support/crashing-world.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';

const HEADER = 'EmailAddress,UserName,Password';
const CANARY = 'canary-not-a-password';

let bot: BotWorld;
let world: World;
let now: number;
let directory: string;
let logged: string[];
let number = 0;
let name: string;

beforeAll(async () => {
  bot = await startBotWorld();
  await bot.ask('add endpoint mail-hq host=imap.example.com');
});
afterAll(() => bot[Symbol.asyncDispose]());

beforeEach(async () => {
  number += 1;
  name = `drop-${number}@mail-hq.csv`;
  now = bot.opened.world.clock.now();
  logged = [];
  const log = (fields: object, message: string): void => void logged.push(JSON.stringify([fields, message]));
  world = {
    ...bot.opened.world,
    clock: { ...bot.opened.world.clock, now: () => now },
    log: { info: log, warn: log, error: log },
  };
  directory = await mkdtemp(join(tmpdir(), 'bellhop-drop-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function rows(...users: readonly string[]): string {
  return [HEADER, ...users.map((user) => `${user}.${number}@example.com,${user},${CANARY}`), ''].join('\n');
}

function addressOf(user: string): UserAddress {
  return `${user}.${number}@example.com` as UserAddress;
}

async function usersOf(batch = `drop-${number}`): Promise<number> {
  return (await Array.fromAsync(world.store.users(batch as BatchName))).length;
}

/** Looks until what lies there has settled. */
async function settle(...folders: readonly DropFolder[]): Promise<void> {
  for (let looks = 0; looks < 3; looks += 1) {
    await Promise.all(folders.map((folder) => folder.look()));
    now += 2_000;
  }
}

async function done(ending = ''): Promise<readonly string[]> {
  const names = await readdir(join(directory, 'done')).catch(() => []);
  return names.filter((each) => each.endsWith(ending));
}

async function report(): Promise<string> {
  const [only = ''] = await done('.report.txt');
  return readFile(join(directory, 'done', only), 'utf8');
}

describe('a file in the drop folder', () => {
  test('is imported once it is complete, and lies in done/ with its report and its refused rows', async () => {
    await writeFile(join(directory, name), `${rows('a', 'b')}nobody,c,${CANARY}\n`, { mode: 0o644 });

    await settle(new DropFolder(world, directory));

    expect(await usersOf()).toBe(2);
    expect(await readdir(directory)).toEqual(['done']);
    const files = await done();
    expect(files.map((each) => each.replace(/^[\dTZ-]+-drop/, 'drop')).sort()).toEqual([name, `${name}.bad.csv`, `${name}.report.txt`]); // prettier-ignore
    for (const each of files) expect((await stat(join(directory, 'done', each))).mode & 0o777).toBe(0o600);
    expect(await report()).toContain('2 added, 0 updated, 0 unchanged. Problems: 1');
    expect(await report()).not.toContain(CANARY);
    expect(logged.join('\n')).not.toContain(CANARY);
  });

  test('is not taken as long as it grows', async () => {
    const folder = new DropFolder(world, directory);
    await writeFile(join(directory, name), HEADER);
    for (let looks = 0; looks < 5; looks += 1) {
      await folder.look();
      await appendFile(join(directory, name), `\nu${looks}.${number}@example.com,u,p`);
      now += 10_000;
    }
    expect(await usersOf()).toBe(0);

    await settle(folder);

    expect(await usersOf()).toBe(5);
  });

  test('under another name it is none of ours until it is renamed', async () => {
    const folder = new DropFolder(world, directory);
    await writeFile(join(directory, `${name}.part`), rows('a'));
    await writeFile(join(directory, `.${name}`), rows('b'));
    await settle(folder);
    expect(await usersOf()).toBe(0);

    await rename(join(directory, `${name}.part`), join(directory, name));
    await settle(folder);

    expect(await usersOf()).toBe(1);
    expect(await readdir(directory)).toEqual([`.${name}`, 'done']);
  });

  test('a crash between import and move imports nobody twice', async () => {
    // Nothing can be put away where a file stands in the place of the folder: the import is done, the move is not.
    await writeFile(join(directory, 'done'), '');
    await writeFile(join(directory, name), rows('a', 'b'));
    await settle(new DropFolder(world, directory));
    expect(await usersOf()).toBe(2);
    expect(await readdir(directory)).toContain(name);

    await rm(join(directory, 'done'));
    await settle(new DropFolder(world, directory));

    expect(await usersOf()).toBe(2);
    expect(await report()).toContain('0 added, 0 updated, 2 unchanged');
    const events = await Array.fromAsync(world.events.read(0, Number.MAX_SAFE_INTEGER));
    expect(events.filter((each) => each.type === 'UsersAdded' && each.batch === `drop-${number}`)).toHaveLength(1);
  });

  test('a process may die at any call to the rest of the world: the next one brings in everybody once, with the password', async () => {
    const importWas = async (): Promise<unknown> => ({
      users: (await Array.fromAsync(world.store.users(`drop-${number}` as BatchName))).map(({ address }) => address),
      passwords: [...(await world.vault.getAll(['a', 'b'].map((name) => addressOf(name)))).values()],
      left: await readdir(directory),
    });
    let deaths = 0;
    for (let at = 0, died = true; died; at += 1)
      for (const carriedOut of [true, false]) {
        number += 1;
        const file = join(directory, `drop-${number}@mail-hq.csv`);
        await writeFile(file, rows('a', 'b'));
        const dying = crashingWorld(world, { at, carriedOut }).world;
        logged = [];
        await settle(new DropFolder(dying, directory));
        died = logged.some((line) => line.includes('DropFileFailed'));
        if (died) deaths += 1;

        await settle(new DropFolder(world, directory));

        expect(await importWas(), `call ${at}`).toEqual({
          users: ['a', 'b'].map((name) => addressOf(name)),
          passwords: [CANARY, CANARY],
          left: ['done'],
        });
      }
    expect(deaths).toBeGreaterThan(10);
  });

  test('of several processes one takes it', async () => {
    await writeFile(join(directory, name), rows('a', 'b'));

    await settle(...Array.from({ length: 4 }, () => new DropFolder(world, directory)));

    expect(await usersOf()).toBe(2);
    expect(await done('.report.txt')).toHaveLength(1);
    expect(await report()).toContain(': 2 added');
  });

  test('while Redis does not answer it stays where it is', async () => {
    await writeFile(join(directory, name), rows('a'));
    const down = (): Promise<never> => Promise.reject(new MigrationError('StateUnavailable', { detail: 'down' }));
    await settle(new DropFolder({ ...world, store: { ...world.store, addUsers: down } }, directory));
    expect(await readdir(directory)).toEqual([name]);

    await settle(new DropFolder(world, directory));

    expect(await usersOf()).toBe(1);
  });
});

describe('what is refused, with a report', () => {
  test.each([
    ['an endpoint nobody knows', (): string => `drop-${number}@nowhere.csv`, 'There is no endpoint'],
    ['a name without an endpoint', (): string => `drop-${number}.csv`, '<batch>@<endpoint>.csv'],
    ['a name that is none', (): string => `a b@c@d.csv`, '<batch>@<endpoint>.csv'],
  ])('%s', async (_title, nameOf, says) => {
    await writeFile(join(directory, nameOf()), rows('a'));

    await settle(new DropFolder(world, directory));

    expect(await report()).toContain('Not imported');
    expect(await report()).toContain(says);
    expect(await usersOf()).toBe(0);
    expect(logged.join('\n')).toContain('DropRefused');
  });

  test('a file of more than 10 MB', async () => {
    await writeFile(join(directory, name), 'x'.repeat(12_000_000));

    await settle(new DropFolder(world, directory));

    expect(await report()).toContain('larger than 10 MB');
  });

  test('a link to another file, which stays as it is', async () => {
    const other = join(directory, 'other.txt');
    await writeFile(other, rows('a'), { mode: 0o640 });
    await symlink(other, join(directory, name));

    await settle(new DropFolder(world, directory));

    expect(await report()).toContain('It is a link');
    expect(await usersOf()).toBe(0);
    expect((await stat(other)).mode & 0o777).toBe(0o640);
  });

  test('a file with another name elsewhere', async () => {
    await writeFile(join(directory, 'other.txt'), rows('a'));
    await link(join(directory, 'other.txt'), join(directory, name));

    await settle(new DropFolder(world, directory));

    expect(await report()).toContain('hard link');
    expect(await usersOf()).toBe(0);
  });

  test('a pipe, without waiting for its other end', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(directory, name)]);

    await settle(new DropFolder(world, directory));

    expect(await report()).toContain('no ordinary file');
  });

  test('a folder of that name is left alone', async () => {
    await mkdir(join(directory, name));

    await settle(new DropFolder(world, directory));

    expect(await done()).toEqual([]);
  });
});

test.each([0o755, 0o777, 0o701])('a folder others can enter (%o) is not used, and that is said once', async (mode) => {
  await chmod(directory, mode);
  await writeFile(join(directory, name), rows('a'));

  const folder = new DropFolder(world, directory);
  await settle(folder);

  expect(await usersOf()).toBe(0);
  expect(await readdir(directory)).toEqual([name]);
  expect(logged.filter((line) => line.includes('DropFolderOpen'))).toHaveLength(1);
  await chmod(directory, 0o770);
  await settle(folder);
  expect(await usersOf()).toBe(1);
});
