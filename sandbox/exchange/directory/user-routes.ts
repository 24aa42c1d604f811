import type { User } from '@microsoft/microsoft-graph-types';

import { param, requestJson } from '../graph/graph-call.ts';
import type { GraphAnswer, GraphCall, MailboxCall } from '../graph/graph-call.ts';
import { badRequest, GraphError } from '../graph/graph-error.ts';
import { entityAnswer, listAnswer } from '../graph/list-answer.ts';
import { mailRoute, tenantRoute } from '../graph/router.ts';
import type { Route } from '../graph/router.ts';
import { matchesFilter, readableValue } from '../odata/match-filter.ts';
import type { Readable } from '../odata/match-filter.ts';
import { readQueryOptions } from '../odata/query-options.ts';
import { mailboxGuid } from './directory.ts';
import type { UserAccount } from './directory.ts';

export const USER_ROUTES: readonly Route[] = [
  tenantRoute('GET', '/users', listUsers, 'User.Read.All'),
  tenantRoute('GET', '/users/{user}', getUser, 'User.Read.All'),
  mailRoute('GET', '/users/{user}/mailboxSettings', mailboxSettings, 'MailboxSettings.Read'),
  mailRoute('GET', '/users/{user}/mailboxSettings/userPurpose', userPurpose, 'MailboxSettings.Read'),
  mailRoute('GET', '/users/{user}/settings/exchange', exchangeSettings, 'User.Read.All'),
  mailRoute('POST', '/users/{user}/translateExchangeIds', translateExchangeIds),
];

/** What comes without $select (resource type user). */
const DEFAULT = [
  'id',
  'displayName',
  'givenName',
  'surname',
  'jobTitle',
  'mail',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'userPrincipalName',
];

function listUsers(call: GraphCall): GraphAnswer {
  const { world, request } = call;
  const options = readQueryOptions(request);
  const isAdvanced =
    /\b(?:not|ne|endswith)\b/i.test((request.query.get('$filter') ?? '').replaceAll(/'(?:[^']|'')*'/g, "''")) ||
    options.count;
  const isEventual = request.headers['consistencylevel']?.toLowerCase() === 'eventual' && options.count;
  if (isAdvanced && !isEventual) {
    throw new GraphError(
      400,
      'Request_UnsupportedQuery',
      'This query needs the header ConsistencyLevel: eventual and $count=true.',
    );
  }
  const { filter } = options;
  const users = world.directory.users.filter((user) => !filter || matchesFilter(filter, readableUser(call, user)));
  const top = request.query.has('$top') ? options.top : 100;
  return listAnswer(call, 'users', { ...options, top }, users, (user) => selected(call, user, options.select));
}

function getUser(call: GraphCall): GraphAnswer {
  const name = param(call, 'user');
  const user = call.world.directory.find(name);
  if (!user)
    throw new GraphError(
      404,
      'Request_ResourceNotFound',
      `Resource '${name}' does not exist or one of its queried reference-property objects are not present.`,
    );
  return entityAnswer(call, 200, 'users/$entity', selected(call, user, readQueryOptions(call.request).select));
}

function selected(call: GraphCall, user: UserAccount, select: ReadonlySet<string> | undefined): object {
  const view = userView(call, user);
  const names = select ? ['id', ...select] : DEFAULT;
  for (const name of names) if (!Object.hasOwn(view, name)) throw unknownProperty(name);
  return Object.fromEntries(names.map((name) => [name, view[name]]));
}

function userView({ world }: GraphCall, user: UserAccount): Record<string, unknown> {
  const isShared = user.kind !== 'user';
  const view: User = {
    id: user.id,
    displayName: user.displayName,
    givenName: null,
    surname: null,
    jobTitle: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    mail: user.hasMailbox ? user.address : null,
    mailNickname: user.address.slice(0, user.address.lastIndexOf('@')),
    userPrincipalName: user.userPrincipalName,
    proxyAddresses: user.hasMailbox ? [`SMTP:${user.address}`, ...user.aliases.map((alias) => `smtp:${alias}`)] : [],
    otherMails: [],
    userType: 'Member',
    accountEnabled: !isShared,
    createdDateTime: new Date(user.createdAt).toISOString().replace(/\.\d+/, ''),
    usageLocation: 'DE',
    assignedLicenses:
      user.hasMailbox && !isShared ? [{ disabledPlans: [], skuId: '05e9a617-0261-4cee-bb44-138d3ef5d965' }] : [],
    assignedPlans:
      user.hasMailbox && user.exchangePlan !== ''
        ? [
            {
              assignedDateTime: new Date(user.createdAt).toISOString(),
              capabilityStatus: 'Enabled',
              service: 'exchange',
              servicePlanId: user.exchangePlan,
            },
          ]
        : [],
    onPremisesSyncEnabled: null,
    onPremisesImmutableId: null,
  };
  return { ...view, mailboxSettings: { userPurpose: user.kind }, tenantId: world.tenant.tenantId };
}

function readableUser(call: GraphCall, user: UserAccount): Readable {
  const view = userView(call, user);
  const read = (name: string | undefined) => {
    if (name === undefined || !Object.hasOwn(view, name)) throw unknownProperty(name ?? '');
    return view[name];
  };
  return {
    property: ([name]) => read(name),
    elements: ([name]) => {
      const values = read(name);
      return Array.isArray(values) ? values.map(readableValue) : [];
    },
  };
}

function unknownProperty(name: string): GraphError {
  return badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.user'.`);
}

function mailboxSettings(call: MailboxCall): GraphAnswer {
  const { user, request } = call;
  const settings: Record<string, unknown> = {
    archiveFolder: null,
    timeZone: 'W. Europe Standard Time',
    language: { locale: 'en-US', displayName: 'English (United States)' },
    dateFormat: 'yyyy-MM-dd',
    timeFormat: 'HH:mm',
    userPurpose: user.kind,
  };
  const { select } = readQueryOptions(request);
  const wanted = Object.entries(settings).filter(([name]) => !select || select.has(name));
  return entityAnswer(call, 200, `users('${user.id}')/mailboxSettings`, Object.fromEntries(wanted));
}

function userPurpose(call: MailboxCall): GraphAnswer {
  return entityAnswer(call, 200, `users('${call.user.id}')/mailboxSettings/userPurpose`, { value: call.user.kind });
}

function exchangeSettings(call: MailboxCall): GraphAnswer {
  const { user, world } = call;
  const primaryMailboxId = `MBX:${mailboxGuid(user)}@${world.tenant.tenantId}`;
  return entityAnswer(call, 200, `users('${user.id}')/settings/exchange/$entity`, { id: user.id, primaryMailboxId });
}

/** At most 1,000 ids a call; only restId and restImmutableEntryId are translated here. */
function translateExchangeIds(call: MailboxCall): GraphAnswer {
  const { mailbox, request } = call;
  const { inputIds, sourceIdType, targetIdType } = requestJson(request).value as Record<string, unknown>;
  const known = ['restId', 'restImmutableEntryId'];
  if (!Array.isArray(inputIds) || inputIds.length > 1000)
    throw badRequest("The parameter 'InputIds' must have at most 1000 ids.");
  if (
    typeof sourceIdType !== 'string' ||
    typeof targetIdType !== 'string' ||
    !known.includes(sourceIdType) ||
    !known.includes(targetIdType)
  ) {
    throw badRequest('This server translates restId and restImmutableEntryId only.');
  }
  const value = inputIds.map((sourceId: unknown) => {
    const identity = typeof sourceId === 'string' ? mailbox.ids.readItem(sourceId) : undefined;
    const item = identity && mailbox.item(identity.number);
    if (!item) return { sourceId, errorDetails: { code: 'ErrorInvalidIdMalformed', message: 'Id is malformed.' } };
    const { folder, number, generation } = item;
    return {
      sourceId,
      targetId:
        targetIdType === 'restId' ? mailbox.ids.item(folder, number, generation) : mailbox.ids.immutableItem(number),
    };
  });
  return entityAnswer(call, 200, 'Collection(microsoft.graph.convertIdResult)', { value });
}
