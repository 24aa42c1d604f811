import { endpointAddedCard, endpointsCard, testingEndpointCard } from '../../cards/endpoint-card.ts';
import { parseAdmin, parsePort, parseTokenUrl } from '../../engine/domain/endpoint.ts';
import { addEndpoint, testEndpoint } from '../../engine/endpoints.ts';
import { endpointsOverview } from '../../engine/queries.ts';
import { endpointArgument, readCount, readGrant, readLogin, readSecurity, readWord } from './arguments.ts';
import { command } from './command.ts';

export const endpointsCommand = command({
  usage: 'endpoints',
  title: 'Endpoints',
  help: 'Show the source servers.',
  examples: ['endpoints'],
  aliases: ['endpunkte'],
  permission: 'view',
  topic: 'Look',
  args: {},
  async run(_args, { world, locale }) {
    const view = await endpointsOverview(world);
    return { view, card: endpointsCard(view, locale) };
  },
});

export const addEndpointCommand = command({
  usage:
    'add endpoint <name> host=<host> [port=993] [security=tls|starttls|none] [login=plain|login|xoauth2] [admin=<login template>] [initial=20] [incremental=10] [live=20] [connections=<number>] [token=<address of a token endpoint> client=<id> [scope=<...>] [grant=client|refresh]]',
  title: 'Add endpoint',
  help: 'Add a source server. Passwords never go here: they come with the CSV.',
  examples: [
    'add endpoint mail-hq host=imap.example.com',
    'add endpoint branch host=mail.example.net port=143 security=starttls',
    'add endpoint cloud host=imap.example.org login=xoauth2 token=https://login.example.org/token client=1f2e scope=imap',
    'add endpoint hoster host=imap.example.org admin=user*master',
  ],
  aliases: ['endpunkt hinzufügen', 'new endpoint'],
  permission: 'operate',
  topic: 'Set up',
  args: {
    name: endpointArgument,
    host: {
      read: (text: string) => text,
      expects: 'host=<name of the server>',
      named: true,
      also: ['server', 'rechner'],
    },
    port: { read: parsePort, expects: 'a port from 1 to 65535', named: true, optional: true },
    security: {
      read: readSecurity,
      expects: 'tls, starttls or none',
      named: true,
      optional: true,
      also: ['sicherheit', 'encryption'],
    },
    login: {
      read: readLogin,
      expects: 'plain, login or xoauth2',
      named: true,
      optional: true,
      also: ['anmeldung', 'auth'],
    },
    admin: {
      read: parseAdmin,
      expects: 'a login template with the word user in it, such as user*master, or authzid:admin',
      named: true,
      optional: true,
    },
    initial: { read: readCount, expects: 'a number from 1 to 300', named: true, optional: true },
    incremental: { read: readCount, expects: 'a number from 1 to 300', named: true, optional: true },
    live: { read: readCount, expects: 'a number from 1 to 300', named: true, optional: true },
    token: { read: parseTokenUrl, expects: 'the https address of a token endpoint', named: true, optional: true },
    client: { read: readWord, expects: 'the id of Bellhop at the token endpoint', named: true, optional: true },
    scope: { read: readWord, expects: 'what a token is asked for', named: true, optional: true },
    grant: { read: readGrant, expects: 'client or refresh', named: true, optional: true },
    connections: {
      read: readCount,
      expects: 'a number from 1 to 300',
      named: true,
      optional: true,
      also: ['verbindungen'],
    },
  },
  form: 'addEndpoint',
  async run({ name, ...settings }, { world, by, locale }) {
    const endpoint = await addEndpoint(world, { name, ...settings }, by);
    const view = (await endpointsOverview(world)).find((each) => each.identity === endpoint.name);
    return { view, card: endpointAddedCard(endpoint, locale) };
  },
});

export const testEndpointCommand = command({
  usage: 'test endpoint <name>',
  title: 'Test endpoint',
  help: 'Reach a source server: name, port, encryption, certificate, abilities. Signs nobody in.',
  examples: ['test endpoint mail-hq'],
  aliases: ['endpunkt testen', 'endpunkt prüfen'],
  permission: 'operate',
  topic: 'Set up',
  args: { name: endpointArgument },
  async run({ name }, { world, by, locale }) {
    const { request } = await testEndpoint(world, name, by);
    return {
      view: { endpoint: name, request },
      card: testingEndpointCard(name, locale),
      pending: { request, until: 'EndpointTested' },
    };
  },
});
