import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../src/config.ts';

interface Compose {
  readonly services: Readonly<
    Record<string, Readonly<Record<string, unknown>> & { readonly environment?: Readonly<Record<string, string>> }>
  >;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const compose = parse(readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8'), {
  merge: true,
}) as Compose;

/** Keys of a service in the Compose specification that this file uses. */
const KNOWN = new Set(['build', 'image', 'command', 'env_file', 'environment', 'depends_on', 'volumes', 'restart', 'ports', 'profiles', 'healthcheck', 'working_dir', 'network_mode']); // prettier-ignore

test('redis, bot and worker come up, the demo only with its profile', () => {
  const { demo, ...usual } = compose.services;

  expect(Object.keys(usual)).toEqual(['redis', 'bot', 'worker']);
  expect(demo?.['profiles']).toEqual(['demo']);
  for (const service of Object.values(compose.services)) {
    expect(Object.keys(service).filter((key) => !KNOWN.has(key))).toEqual([]);
    expect('image' in service || 'build' in service).toBe(true);
  }
});

test('Redis keeps what it is given: append-only, nothing evicted', () => {
  expect(compose.services['redis']?.['command']).toContain('--appendonly yes');
  expect(compose.services['redis']?.['command']).toContain('--maxmemory-policy noeviction');
});

test.each(['bot', 'worker'])('the settings of %s are those Bellhop reads', (name) => {
  const environment = compose.services[name]?.environment ?? {};

  const config = readConfig(environment, 'command');

  expect([...config.roles]).toEqual([name]);
  expect(config.redisUrl).toBe('redis://redis:6379');
});
