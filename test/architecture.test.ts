import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

/** The dependency rule of docs/architecture.md, as a table: what a zone may import. A longer path wins over a shorter one. */
interface Zone {
  readonly zone: string;
  /** Paths of this project, files or folders. */
  readonly imports: readonly string[];
  /** Packages and node: modules; `node:*` for all of Node. */
  readonly libraries: readonly string[];
}

const DOMAIN = 'src/engine/domain';
const PORTS = 'src/engine/ports.ts';
const VIEWS = 'src/engine/views.ts';

const ZONES: readonly Zone[] = [
  { zone: DOMAIN, imports: [DOMAIN], libraries: ['node:crypto'] },
  { zone: 'src/engine', imports: ['src/engine'], libraries: ['node:*'] },
  { zone: 'src/cards', imports: ['src/cards', DOMAIN, VIEWS, 'src/bot/commands/command.ts'], libraries: [] },
  { zone: 'src/bot', imports: ['src/bot', 'src/cards', 'src/engine', 'src/health.ts'], libraries: ['botbuilder', 'restify', 'node:*'] },
  { zone: 'src/imap', imports: ['src/imap', PORTS, DOMAIN], libraries: ['imapflow', 'node:*'] },
  { zone: 'src/exchange', imports: ['src/exchange', PORTS, DOMAIN], libraries: ['@azure/msal-node', '@microsoft/microsoft-graph-types', 'postal-mime', 'imapflow', 'undici', 'node:*'] },
  { zone: 'src/queue', imports: ['src/queue', PORTS, DOMAIN, 'src/engine/jobs.ts'], libraries: ['bullmq', 'zod', 'node:*'] },
  { zone: 'src/record', imports: ['src/record', PORTS, DOMAIN], libraries: ['node:*'] },
  { zone: 'src/store', imports: ['src/store', PORTS, DOMAIN], libraries: ['ioredis', 'zod', 'pg', 'node:*'] },
  { zone: 'src/drop', imports: ['src/drop', 'src/engine', 'src/store/private-file.ts'], libraries: ['node:*'] },
  { zone: 'src/smtp', imports: ['src/smtp', PORTS, DOMAIN], libraries: ['node:*'] },
  { zone: 'src/dns', imports: ['src/dns', PORTS, DOMAIN], libraries: ['node:*'] },
]; // prettier-ignore

const root = resolve(import.meta.dirname, '..');
const IMPORT = /^\s*(import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function importsOf(folder: string): readonly Import[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
  return files.flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8');
    return [...text.matchAll(IMPORT)].map(([, , type, specifier = '']) => ({
      from,
      to: specifier.startsWith('.') ? relative(root, resolve(root, dirname(from), specifier)) : specifier,
      typeOnly: type !== undefined,
    }));
  });
}

function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function zoneOf(file: string): Zone | undefined {
  return ZONES.find(({ zone }) => isIn(file, zone));
}

function isAllowed({ to }: Import, { imports, libraries }: Zone): boolean {
  if (isIn(to, 'src')) return imports.some((place) => isIn(to, place));
  return libraries.some((library) => to === library || (library === 'node:*' && to.startsWith('node:')));
}

function say({ from, to }: Import): string {
  return `${from} imports ${to}`;
}

describe('every edge points at the engine, the engine points at nobody', () => {
  const all = importsOf('src');

  test.each(ZONES.map((zone) => [zone.zone, zone] as const))('%s', (_name, zone) => {
    const own = all.filter(({ from }) => zoneOf(from) === zone);

    expect(own.filter((each) => !isAllowed(each, zone)).map(say)).toEqual([]);
  });

  test('the bot asks the engine, never the sync of a mailbox', () => {
    const inner = all.filter(({ from, to }) => isIn(from, 'src/bot') && isIn(to, 'src/engine/sync'));

    expect(inner.map(say)).toEqual([]);
  });

  test('botbuilder, archived by its maker, is known to few files', () => {
    const users = new Set(all.filter(({ to }) => to === 'botbuilder').map(({ from }) => from));

    expect([...users].every((file) => isIn(file, 'src/bot'))).toBe(true);
    expect(users.size).toBeLessThanOrEqual(4);
  });
});

describe('the sandbox and the tests stay outside', () => {
  test('nothing in src knows the sandbox or the tests', () => {
    const outward = importsOf('src').filter(({ to }) => isIn(to, 'sandbox') || isIn(to, 'test') || isIn(to, 'scripts'));

    expect(outward.map(say)).toEqual([]);
  });

  test('of src the sandbox knows nothing but types', () => {
    const code = importsOf('sandbox').filter(({ to, typeOnly }) => isIn(to, 'src') && !typeOnly);

    expect(code.map(say)).toEqual([]);
  });

  test('the outside checker shares no code with the product, nor the library the product reads mail with', () => {
    const shared = importsOf('test/checker').filter(
      ({ to }) => isIn(to, 'src') || to === 'imapflow' || to === 'postal-mime',
    );

    expect(shared.map(say)).toEqual([]);
  });
});

test('time is handed in: nobody below the composition root asks the clock of the machine', () => {
  const clocks = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !['main.ts', 'cli.ts', 'serve.ts'].includes(name))
    .filter((name) => /\bDate\.now\(\)|\bnew Date\(\)/.test(readFileSync(join(root, 'src', name), 'utf8')));

  expect(clocks).toEqual([]);
});
