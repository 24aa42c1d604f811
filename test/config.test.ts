import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const SHARED = { REDIS_URL: 'redis://redis.example:6379', BELLHOP_KEY: Buffer.alloc(32, 1).toString('base64') };

function problemsOf(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment, 'command');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('without BELLHOP_LEDGER ledgers are files', () => {
  expect(readConfig({}, 'command').ledgerUrl).toBeUndefined();
});

test.each([
  'postgres://bellhop:secret@db.example/bellhop',
  'postgresql://bellhop@db.example:5433/bellhop?sslmode=verify-full',
  'postgres:///bellhop?host=/run/postgresql',
])('a ledger in Postgres: %s', (url) => {
  expect(readConfig({ ...SHARED, BELLHOP_LEDGER: url }, 'command').ledgerUrl).toBe(url);
});

test('several hosts share Redis and key: without them nothing starts', () => {
  const problems = problemsOf({ BELLHOP_LEDGER: 'postgres://bellhop:secret@db.example/bellhop' });

  expect(problems.map((each) => each.split(':')[0])).toEqual(['REDIS_URL', 'BELLHOP_KEY or BELLHOP_KEY_FILE']);
});

test.each(['mysql://bellhop:secret@db.example/x', 'postgres://bellhop:secret@db example:port/x'])(
  'what is no URL of Postgres is refused without repeating its password: %s',
  (url) => {
    const problems = problemsOf({ ...SHARED, BELLHOP_LEDGER: url });

    expect(problems).toHaveLength(1);
    expect(problems.join()).toContain('BELLHOP_LEDGER');
    expect(problems.join()).not.toContain('secret');
  },
);
