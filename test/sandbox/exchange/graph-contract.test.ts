import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Exchanged } from '../../../sandbox/exchange/https/receive-graph.ts';
import { type SandboxWorld, startSandbox } from '../../../sandbox/world.ts';
import { syncAgain, userWhen } from '../../support/sandbox-views.ts';

/** Generated from Microsoft's published metadata; not part of this project, so the test runs where it lies beside it. */
const CONTRACT = join(import.meta.dirname, '../../../../shared/contracts/graph-mail.openapi.yaml');

type Schema = Readonly<Record<string, unknown>>;
interface Operation {
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

describe.skipIf(!existsSync(CONTRACT))('every request and answer of a whole run fits the published contract', () => {
  const seen: Exchanged[] = [];
  let world: SandboxWorld;

  beforeAll(async () => {
    world = await startSandbox({
      users: [{ name: 'info', mails: 80 }],
      exchange: { onExchange: (each) => seen.push(each) },
    });
    await world.startBellhop('worker');
    await world.bellhop('add', 'endpoint', 'sandbox', 'host=localhost', `port=${world.source.tlsPort}`);
    await world.bellhop('import', world.csvFile, 'batch=demo', 'endpoint=sandbox');
    await world.bellhop('start', 'batch', 'demo');
    await userWhen(world, 'info', 'Synced');
    world.forgetLedger();
    await syncAgain(world, 'info');
  });
  afterAll(async () => {
    await world[Symbol.asyncDispose]();
  });

  test('paths, bodies and answers', () => {
    const contract = parse(readFileSync(CONTRACT, 'utf8')) as OpenApi;
    const check = contractChecker(contract);

    const findings = new Set(seen.flatMap((exchanged) => check(exchanged)));

    expect(seen.length).toBeGreaterThan(100);
    expect([...findings]).toEqual([]);
  });

  test('the check itself sees what is wrong', () => {
    const check = contractChecker(parse(readFileSync(CONTRACT, 'utf8')) as OpenApi);
    const create = seen.find(({ request }) => request.method === 'POST' && request.target.endsWith('/messages'));
    const body = Buffer.from(JSON.stringify({ subject: 7, isRead: 'yes' }));

    const findings = create === undefined ? [] : check({ ...create, request: { ...create.request, body } });

    expect(findings).toHaveLength(2);
  });
});

function contractChecker(contract: OpenApi): (exchanged: Exchanged) => readonly string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'graph', components: contract.components });
  const routes = Object.entries(contract.paths).map(([path, operations]) => ({
    pattern: patternOf(path),
    path,
    operations,
  }));

  const compiled = new Map<Schema, ValidateFunction>();

  function compile(schema: Schema): ValidateFunction {
    const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"graph#/components')) as Schema;
    const isValid = ajv.compile(rooted);
    compiled.set(schema, isValid);
    return isValid;
  }

  function validate(schema: Schema | undefined, value: unknown, what: string): readonly string[] {
    if (schema === undefined || value === undefined) return [];
    const isValid = compiled.get(schema) ?? compile(schema);
    return isValid(value) ? [] : (isValid.errors ?? []).map((error) => `${what}: ${describeError(error)}`);
  }

  return ({ request, response }) => {
    const path = decodeURIComponent(new URL(request.target, 'https://graph').pathname).replace(/^\/v1\.0/, '');
    const method = request.method.toLowerCase();
    // Pre-authenticated upload addresses are the server's own affair.
    const isUpload = request.method === 'PUT';
    const route = routes.find(({ pattern, operations }) => pattern.test(path) && method in operations);
    if (route === undefined && isUpload) return [];
    if (route === undefined)
      return [`${request.method} ${path.replaceAll(/[A-Za-z0-9_=-]{30,}/g, '{id}')}: not in the contract`];
    const operation = route.operations[method];
    const what = `${request.method} ${route.path}`;
    const status = String(response.status);
    const answer = operation?.responses?.[status] ?? operation?.responses?.[`${status.slice(0, 1)}XX`];
    if (answer === undefined) return [`${what}: answered ${status}`];
    return [
      ...validate(
        operation?.requestBody?.content?.['application/json']?.schema,
        jsonOf(request.body),
        `${what} request`,
      ),
      ...validate(answer.content?.['application/json']?.schema, jsonOf(response.body), `${what} ${status}`),
    ];
  };
}

function jsonOf(body: Buffer): unknown {
  return body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
}

function patternOf(path: string): RegExp {
  const parts = path
    .split('/')
    .map((part) => (part.startsWith('{') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\$]/g, String.raw`\$&`)));
  return new RegExp(`^${parts.join('/')}$`);
}

function describeError({ instancePath, message = '', params }: ErrorObject): string {
  return `${instancePath.replaceAll(/\/\d+/g, '/n')} ${message} ${JSON.stringify(params)}`;
}
