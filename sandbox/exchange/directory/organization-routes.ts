import type { Domain, DomainDnsRecord } from '@microsoft/microsoft-graph-types';

import { param } from '../graph/graph-call.ts';
import type { GraphAnswer, GraphCall } from '../graph/graph-call.ts';
import { GraphError } from '../graph/graph-error.ts';
import { entityAnswer, listAnswer } from '../graph/list-answer.ts';
import { tenantRoute } from '../graph/router.ts';
import type { Route } from '../graph/router.ts';
import { readQueryOptions } from '../odata/query-options.ts';

/** Domains of the tenant are those of its users' addresses, verified and used for mail unless a test says otherwise. */
export const ORGANIZATION_ROUTES: readonly Route[] = [
  tenantRoute('GET', '/organization', organization, 'Organization.Read.All'),
  tenantRoute('GET', '/domains', listDomains, 'Domain.Read.All'),
  tenantRoute('GET', '/domains/{domain}', getDomain, 'Domain.Read.All'),
  tenantRoute('GET', '/domains/{domain}/serviceConfigurationRecords', serviceConfigurationRecords, 'Domain.Read.All'),
];

const SERVICES = ['Email', 'OfficeCommunicationsOnline'];

function organization(call: GraphCall): GraphAnswer {
  const { world } = call;
  const verifiedDomains = world.directory.domains().map((name, index) => ({
    capabilities: SERVICES.join(', '),
    isDefault: index === 0,
    isInitial: index === 0,
    name,
    type: 'Managed',
  }));
  const tenant = {
    id: world.tenant.tenantId,
    displayName: 'Contoso',
    tenantType: 'AAD',
    countryLetterCode: 'DE',
    verifiedDomains,
  };
  const { select } = readQueryOptions(call.request);
  return listAnswer(call, 'organization', readQueryOptions(call.request), [tenant], (view) => pick(view, select));
}

function listDomains(call: GraphCall): GraphAnswer {
  const options = readQueryOptions(call.request);
  return listAnswer(call, 'domains', { ...options, top: 100 }, call.world.directory.domains(), (name) =>
    pick(domainView(call, name), options.select),
  );
}

function getDomain(call: GraphCall): GraphAnswer {
  const name = knownDomain(call);
  return entityAnswer(
    call,
    200,
    'domains/$entity',
    pick(domainView(call, name), readQueryOptions(call.request).select),
  );
}

/** The records Exchange Online expects in public DNS: the only true source of the MX host name. */
function serviceConfigurationRecords(call: GraphCall): GraphAnswer {
  const name = knownDomain(call);
  if (call.world.directory.domain(name).isVerified === false)
    throw new GraphError(400, 'Request_BadRequest', `The domain '${name}' is not verified.`);
  const common = { isOptional: false, label: name, supportedService: 'Email', ttl: 3600 };
  const mx = {
    '@odata.type': '#microsoft.graph.domainDnsMxRecord',
    ...common,
    recordType: 'Mx',
    mailExchange: call.world.directory.domain(name).mx ?? expectedMx(name),
    preference: 0,
  };
  const records: readonly (DomainDnsRecord & {
    readonly '@odata.type': string;
    readonly text?: string;
    readonly canonicalName?: string;
  })[] = [
    { id: 'a0b4f2d0-0000-4000-8000-000000000001', ...mx },
    {
      id: 'a0b4f2d0-0000-4000-8000-000000000002',
      '@odata.type': '#microsoft.graph.domainDnsTxtRecord',
      ...common,
      recordType: 'Txt',
      text: 'v=spf1 include:spf.protection.outlook.com -all',
    },
    {
      id: 'a0b4f2d0-0000-4000-8000-000000000003',
      '@odata.type': '#microsoft.graph.domainDnsCnameRecord',
      ...common,
      label: `autodiscover.${name}`,
      recordType: 'CName',
      canonicalName: 'autodiscover.outlook.com',
    },
  ];
  return listAnswer(
    call,
    `domains('${name}')/serviceConfigurationRecords`,
    { ...readQueryOptions(call.request), top: 100 },
    records,
    (record) => record,
  );
}

/** Host of the MX record of a domain. */
export function expectedMx(domain: string): string {
  return `${domain.replaceAll('.', '-')}.mail.protection.outlook.com`;
}

function domainView({ world }: GraphCall, name: string): Domain {
  const isFirst = world.directory.domains()[0] === name;
  return {
    id: name,
    authenticationType: 'Managed',
    isAdminManaged: true,
    isDefault: isFirst,
    isInitial: isFirst,
    isRoot: true,
    isVerified: world.directory.domain(name).isVerified ?? true,
    supportedServices: world.directory.domain(name).takesMail === false ? [] : SERVICES,
  };
}

function knownDomain(call: GraphCall): string {
  const name = param(call, 'domain').toLowerCase();
  if (!call.world.directory.domains().includes(name))
    throw new GraphError(404, 'Request_ResourceNotFound', `Resource '${name}' does not exist.`);
  return name;
}

function pick(view: object, select: ReadonlySet<string> | undefined): object {
  return select ? Object.fromEntries(Object.entries(view).filter(([name]) => name === 'id' || select.has(name))) : view;
}
