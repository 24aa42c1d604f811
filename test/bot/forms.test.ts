import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Dialog } from '../../sandbox/teams/dialog.ts';
import type { Message } from '../../sandbox/teams/conversation.ts';
import type { Outcome } from '../../sandbox/teams/outcome.ts';
import { COMMANDS } from '../../src/bot/commands/index.ts';
import { FORMS } from '../../src/cards/forms.ts';
import { SAMPLE_PEOPLE } from '../../sandbox/teams/people.ts';
import { type EndpointName, parseBatchName } from '../../src/engine/domain/ids.ts';
import { type BotWorld, startBotWorld } from '../support/bot-world.ts';

const holding = (role: string): string =>
  SAMPLE_PEOPLE.filter((person) => person.role === role)
    .map((person) => person.aadObjectId)
    .join(',');

let world: BotWorld;
/** A message of Bellhop's with both forms on it. */
let help: Message;

beforeAll(async () => {
  world = await startBotWorld({
    BELLHOP_VIEWERS: holding('viewer'),
    BELLHOP_OPERATORS: holding('operator'),
    BELLHOP_APPROVERS: holding('approver'),
    BELLHOP_TIMEZONE: 'Europe/Berlin',
  });
  help = await world.ask('help');
});
afterAll(() => world[Symbol.asyncDispose]());

async function opened(button: string, person = 'Operator A', from = help): Promise<Dialog> {
  return dialogOf(await world.teams.clickAction(person, from, button));
}

function dialogOf(outcome: Outcome): Dialog {
  if (outcome.kind !== 'dialog') throw new Error(`a dialog, not ${JSON.stringify(outcome)}`);
  return outcome.dialog;
}

function send(dialog: Dialog, inputs: Record<string, unknown>, person = 'Operator A'): Promise<Outcome> {
  return world.teams.submitDialog(person, help, dialog, inputs);
}

/** The raw answer to an invoke nobody's client would send. */
async function invoked(name: string, value: unknown, person = 'Operator A'): Promise<string> {
  const { status, body } = await world.teams.invoke(person, world.channel, name, value, help.id);
  expect(status).toBe(200);
  return JSON.stringify(body ?? {});
}

const lastCard = (): string =>
  JSON.stringify(world.teams.messages(world.channel).findLast((each) => each.author.kind === 'bot')?.cards);
const endpoint = (name: string) => world.opened.world.store.endpoint(name as EndpointName);

function inputsOf(dialog: Dialog): ReadonlyMap<string, unknown> {
  const found = [...JSON.stringify(dialog.card).matchAll(/\{"type":"Input\.[^{}[\]]*(?:\[[^\]]*\][^{}[\]]*)?\}/g)];
  return new Map(
    found.map(([json]) => {
      const input = JSON.parse(json) as { id: string; value?: unknown };
      return [input.id, input.value];
    }),
  );
}

test('every field of a form is an argument of its command', () => {
  for (const { form, args } of COMMANDS)
    if (form !== undefined) expect(FORMS[form].map(({ name }) => name).filter((name) => !(name in args))).toEqual([]);
});

describe('a form does what the command does', () => {
  test('an endpoint is added, the dialog closes, the answer is below', async () => {
    const dialog = await opened('Add endpoint');
    expect(dialog.title).toBe('Add endpoint');
    expect([...inputsOf(dialog).keys()]).toEqual(['name', 'host', 'security', 'port', 'login', 'admin', 'token', 'client', 'scope', 'grant', 'initial', 'incremental', 'connections']);

    const outcome = await send(dialog, { name: 'mail-hq', host: 'imap.example.com', security: 'starttls', port: 143, admin: 'user*master', connections: 40 });

    expect(outcome).toEqual({ kind: 'none' });
    expect(await endpoint('mail-hq')).toMatchObject({ host: 'imap.example.com', port: 143, security: 'starttls', admin: 'user*master', connections: 40 });
    expect(lastCard()).toContain('Endpoint mail-hq added');
  }); // prettier-ignore

  test('a batch is created and its card is the live one', async () => {
    const dialog = await opened('Create batch');

    const outcome = await send(dialog, { name: 'sales-1', endpoint: 'mail-hq', every: '6h', exclude: 'Junk, Archive/*', since: '2020-01-31', trash: 'skip', oversize: 'stub', categories: '$label1=Urgent,todo=To do' });

    expect(outcome).toEqual({ kind: 'none' });
    const name = parseBatchName('sales-1');
    if (name === undefined) throw new Error('a name is one');
    expect(await world.opened.world.store.batch(name)).toMatchObject({ every: 6 * 3_600_000, exclude: ['Junk', 'Archive/*'], trash: 'skip', createdBy: 'Operator A' });
    expect(lastCard()).toContain('sales-1 is Created');
  }); // prettier-ignore

  test('a date and a time of day are one moment in the zone of the conversation', async () => {
    const dialog = await opened('Create batch');
    expect(JSON.stringify(dialog.card)).toContain('Time of day (Europe/Berlin)');

    await send(dialog, { name: 'sales-2', endpoint: 'mail-hq', start: '2030-01-05', startTime: '20:00' });

    const name = parseBatchName('sales-2');
    expect(name === undefined ? undefined : (await world.opened.world.store.batch(name))?.startAt).toBe(
      Date.parse('2030-01-05T20:00:00+01:00'),
    );
  });

  test('an approver may, and a button of the endpoint fills in its name', async () => {
    const added = await world.ask('add endpoint branch host=mail.example.net', 'Approver A');

    const dialog = await opened('Create batch', 'Approver A', added);

    expect(inputsOf(dialog).get('endpoint')).toBe('branch');
  });
});

describe('what is wrong is said in the dialog, and what was filled in stays', () => {
  test.each([
    ['a name with a space', { name: 'mail hq', host: 'imap.example.com' }, '"mail hq" is not the name of an endpoint.'],
    ['no host', { name: 'mail-2' }, 'needs host=<name of the server>'],
    ['a port that is none', { name: 'mail-2', host: 'imap.example.com', port: '99999' }, '"99999" is not a port'],
    [
      'more connections than anybody takes',
      { name: 'mail-2', host: 'imap.example.com', connections: '999' },
      '"999" is not a number from 1 to 300',
    ],
    [
      'connections that are no number',
      { name: 'mail-2', host: 'imap.example.com', connections: 'all' },
      '"all" is not a number',
    ],
    ['two ports', { name: 'mail-2', host: 'imap.example.com:993', port: '143' }, 'leave one of them out'],
    ['a name that is taken', { name: 'mail-hq', host: 'other.example.com' }, 'already exists'],
    ['no host name', { name: 'mail-2', host: 'imap example com' }, 'host= takes a host name'],
  ])('%s', async (_what, inputs, message) => {
    const dialog = dialogOf(await send(await opened('Add endpoint'), inputs));

    expect(JSON.stringify(dialog.card).replaceAll(/\u200b|\\(?=")/g, '')).toContain(message);
    expect(Object.fromEntries(inputsOf(dialog))).toMatchObject(inputs);
    expect(await endpoint('mail-2')).toBeUndefined();
  });

  test('the field that is wrong is marked, and mended the form is taken', async () => {
    const wrong = dialogOf(await send(await opened('Add endpoint'), { name: 'mail-3', host: 'imap.example.com', port: 'x' }));
    expect(JSON.stringify(wrong.card)).toContain('▲ Port');

    expect(await send(wrong, { port: '993' })).toEqual({ kind: 'none' });

    expect(await endpoint('mail-3')).toMatchObject({ host: 'imap.example.com', port: 993 });
  }); // prettier-ignore

  test('in German for a person whose Teams is German', async () => {
    const [operator] = world.teams.people;
    if (operator === undefined) throw new Error('The sandbox has people.');
    Object.assign(operator, { locale: 'de-DE' });
    try {
      const dialog = await opened('Create batch');
      expect(dialog.title).toBe('Batch anlegen');
      const refused = JSON.stringify(dialogOf(await send(dialog, { name: 'sales-9', endpoint: 'nowhere' })).card);
      expect(refused).toContain('Nichts wurde geändert');
      expect(refused).toContain('Endpunkt, von dem gelesen wird');
    } finally {
      Object.assign(operator, { locale: 'en-US' });
    }
  });

  test('a password is refused and not sent back', async () => {
    const dialog = dialogOf(await send(await opened('Add endpoint'), { name: 'mail-4', host: 'imap.example.com', admin: 'password=hunter2' }));

    const said = JSON.stringify(dialog.card);
    expect(said).toContain('PasswordInChat');
    expect(said).not.toContain('hunter2');
    expect(said).toContain('imap.example.com');
  }); // prettier-ignore

  test('no field asks for a password', async () => {
    for (const button of ['Add endpoint', 'Create batch'])
      expect(JSON.stringify((await opened(button)).card)).not.toMatch(/style":"password|"id":"password/i);
  });
});

describe('what no client of ours sends', () => {
  const open = (form: unknown) => ({ data: { form } });

  test('a viewer, a guest and somebody without a role open nothing and send nothing', async () => {
    const viewer = { name: 'stolen', host: 'imap.example.com', form: 'addEndpoint' };
    for (const person of ['Viewer A', 'Guest A']) {
      expect(await invoked('task/fetch', open('addEndpoint'), person)).toContain('needs the role');
      expect(await invoked('task/submit', { data: viewer }, person)).toContain('needs the role');
    }
    expect(await endpoint('stolen')).toBeUndefined();
  });

  test('a person of another tenant is refused', async () => {
    const [operator] = world.teams.people;
    if (operator === undefined) throw new Error('The sandbox has people.');
    const activity = {
      type: 'invoke',
      name: 'task/submit',
      id: 'f:foreign',
      channelId: 'msteams',
      serviceUrl: world.teams.serviceUrl,
      from: { id: operator.id, name: operator.name, aadObjectId: operator.aadObjectId },
      recipient: world.teams.bot,
      conversation: { id: world.channel, conversationType: 'channel', tenantId: '99999999-0000-4000-8000-000000000000' },
      value: { data: { form: 'addEndpoint', name: 'foreign', host: 'imap.example.com' } },
    };
    const post = async (more: object) => {
      const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...activity, ...more }) };
      return (await fetch(world.botUrl, options)).text();
    };

    expect(await post({})).toContain('needs the role');
    // Nobody at all: no object id.
    expect(await post({ from: { id: '29:nobody', name: 'Nobody' } })).toContain('does not know who you are');
    expect(await endpoint('foreign')).toBeUndefined();
  }); // prettier-ignore

  test.each([
    ['an unknown form', 'removeEverything'],
    ['a name of the language', '__proto__'],
    ['an object', { form: 'addEndpoint' }],
    ['nothing', undefined],
  ])('%s is no form', async (_what, form) => {
    expect(await invoked('task/fetch', open(form))).toContain('UnknownForm');
    expect(await invoked('task/submit', open(form))).toContain('UnknownForm');
  });

  test.each([
    ['no value', undefined],
    ['no data', {}],
    ['a list', { data: [] }],
    ['a text', { data: 'addEndpoint' }],
  ])('an invoke with %s is answered', async (_what, value) => {
    expect(await invoked('task/submit', value)).toContain('UnknownForm');
  });

  test('a form without a field, or with things that are no text, needs them', async () => {
    expect(await invoked('task/submit', open('addEndpoint'))).toContain('needs the name of an endpoint');
    const odd = { form: 'addEndpoint', name: ['x'], host: { toString: 'x' }, port: true };
    expect(await invoked('task/submit', { data: odd })).toContain('needs the name of an endpoint');
  });

  test('a value of ten thousand characters is too long, and comes back cut', async () => {
    const endless = 'x'.repeat(10_000);

    const dialog = dialogOf(await send(await opened('Add endpoint'), { name: 'mail-5', host: endless, admin: endless }));

    const said = JSON.stringify(dialog.card);
    expect(said).toContain('at most 253 characters');
    expect(said.length).toBeLessThan(5000);
    expect(String(inputsOf(dialog).get('host'))).toHaveLength(253);
  }); // prettier-ignore

  test('quotes in a value stay in the value: nobody smuggles in another argument', async () => {
    const name = 'mail-6" host="evil.example';

    const dialog = dialogOf(await send(await opened('Add endpoint'), { name, host: 'imap.example.com' }));

    expect(inputsOf(dialog).get('name')).toBe(name);
    const all = '"“”„‟\'’‘‚«»‹›`';
    expect(JSON.stringify(dialogOf(await send(dialog, { name: all })).card)).toContain('FormValueQuoted');
    expect(await endpoint('mail-6')).toBeUndefined();
  });

  test('the same delivery twice has one effect', async () => {
    const before = world.teams.messages(world.channel).length;
    const [operator] = world.teams.people;
    const activity = {
      type: 'invoke',
      name: 'task/submit',
      id: 'f:twice',
      channelId: 'msteams',
      serviceUrl: world.teams.serviceUrl,
      from: { id: operator?.id, name: operator?.name, aadObjectId: operator?.aadObjectId },
      recipient: world.teams.bot,
      conversation: { id: world.channel, conversationType: 'channel', tenantId: world.tenantId },
      value: { data: { form: 'createBatch', name: 'twice', endpoint: 'mail-hq' } },
    };
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(activity) };

    const texts = [];
    for (let at = 0; at < 2; at += 1) texts.push(await (await fetch(world.botUrl, options)).text());

    expect(texts).toEqual(['', '']);
    expect(world.teams.messages(world.channel).length).toBe(before + 1);
  });
});

describe('written alone, the command offers its form', () => {
  test.each([
    ['add endpoint', 'Open form'],
    ['create batch', 'Open form'],
    ['batch anlegen', 'Open form'],
    ['help create batch', 'Open form'],
  ])('%s', async (said, button) => {
    const offer = await world.ask(said, 'Operator A');

    expect(JSON.stringify(offer.cards)).toContain('Examples');
    expect((await opened(button, 'Operator A', offer)).card['actions']).toHaveLength(1);
  });

  test('to nobody who may not', async () => {
    expect(JSON.stringify((await world.ask('create batch', 'Viewer A')).cards)).toContain('needs the role');
  });

  test('in a client without dialogs the button says how to write it', async () => {
    const before = world.teams.messages(world.channel).length;
    const [operator] = world.teams.people;
    const activity = {
      type: 'message',
      id: 'submit-1',
      channelId: 'msteams',
      serviceUrl: world.teams.serviceUrl,
      from: { id: operator?.id, name: operator?.name, aadObjectId: operator?.aadObjectId },
      recipient: world.teams.bot,
      conversation: { id: world.channel, conversationType: 'channel', tenantId: world.tenantId },
      value: { verb: 'openForm', form: 'createBatch', msteams: { type: 'task/fetch' } },
    };
    await fetch(world.botUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(activity) });

    expect(world.teams.messages(world.channel).length).toBe(before + 1);
    expect(lastCard()).toContain('create batch sales-1 endpoint=mail-hq');
  }); // prettier-ignore
});
