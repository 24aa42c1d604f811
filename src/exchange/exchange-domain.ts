import type {
  Domain,
  DomainDnsCnameRecord,
  DomainDnsMxRecord,
  DomainDnsRecord,
  DomainDnsTxtRecord,
} from '@microsoft/microsoft-graph-types';
import type { TargetDomain } from '../engine/domain/dns-evidence.ts';
import { dnsName } from '../engine/domain/dns-records.ts';
import { MigrationError } from '../engine/domain/failure.ts';
import { type GraphClient, failureOf } from './graph-client.ts';

type ServiceRecord = DomainDnsRecord & DomainDnsMxRecord & DomainDnsCnameRecord & DomainDnsTxtRecord;

/**
 * A domain of the tenant and what it expects in public DNS (Domain.Read.All). The host of the MX record is what
 * https://learn.microsoft.com/graph/api/domain-list-serviceconfigurationrecords lists: its name follows no rule.
 */
export async function targetDomain(graph: GraphClient, name: string): Promise<TargetDomain | undefined> {
  const path = `/domains/${encodeURIComponent(name)}`;
  const answer = await graph.read<Domain>({ method: 'GET', path });
  if (!answer.ok) {
    if (answer.error.status === 404) return undefined;
    if (answer.error.status === 403) throw new MigrationError('DomainNotReadable', { domain: name });
    throw failureOf(answer);
  }
  const { isVerified, supportedServices } = answer.body;
  const domain = {
    name: dnsName(name),
    isVerified: isVerified === true,
    takesMail: supportedServices?.includes('Email') === true,
  };
  // Graph has service records of verified domains only.
  if (!domain.isVerified) return { ...domain, mx: [] };
  const records = await Array.fromAsync(
    graph.pages<ServiceRecord>({ method: 'GET', path: `${path}/serviceConfigurationRecords` }),
  );
  const ofMail = records.filter(({ supportedService }) => supportedService === 'Email');
  const spf = ofMail.find(({ text }) => typeof text === 'string' && text.toLowerCase().startsWith('v=spf1'))?.text;
  const alias = ofMail.find(({ label, canonicalName }) => isAutodiscover(label) && typeof canonicalName === 'string');
  return {
    ...domain,
    mx: ofMail.flatMap(({ mailExchange, preference }) =>
      typeof mailExchange === 'string' ? [{ host: dnsName(mailExchange), preference: preference ?? 0 }] : [],
    ),
    ...(typeof spf === 'string' ? { spf } : {}),
    ...(alias === undefined
      ? {}
      : { autodiscover: { name: dnsName(alias.label ?? ''), host: dnsName(alias.canonicalName ?? '') } }),
  };
}

function isAutodiscover(label: string | null | undefined): boolean {
  return label?.toLowerCase().startsWith('autodiscover.') === true;
}
