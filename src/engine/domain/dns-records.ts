/** Record types the evidence of a cutover is made of. */
export type DnsType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'TXT';

export interface DnsQuestion {
  readonly name: string;
  readonly type: DnsType;
}

/** One record. `value` is the host, the address or the text; names are lower case without the last dot. TTL in seconds. */
export interface DnsRecord {
  readonly type: DnsType;
  readonly value: string;
  readonly ttl: number;
  /** Of MX. */
  readonly preference?: number;
}

/** `no-records`: the name is there, without records of this type. `failed`: the server said nothing usable. */
export type DnsOutcome = 'answered' | 'no-records' | 'no-such-name' | 'failed';

/** What one server says now. */
export interface DnsAnswer {
  /** Name or address of the server. */
  readonly server: string;
  /** True for the servers of the zone itself; false for resolvers, whose TTLs count down. */
  readonly authoritative: boolean;
  readonly outcome: DnsOutcome;
  /** Of the asked type, and CNAMEs on the way there. */
  readonly records: readonly DnsRecord[];
  /** Why it failed. */
  readonly detail?: string;
}

/** One question asked of every server of the zone and of every resolver. */
export interface DnsSurvey extends DnsQuestion {
  readonly answers: readonly DnsAnswer[];
}

/** The answers of the zone's own servers. */
export function authorities({ answers }: DnsSurvey): readonly DnsAnswer[] {
  return answers.filter(({ authoritative }) => authoritative);
}

/** The records of the asked type in an answer. */
export function recordsOf({ records }: DnsAnswer, type: DnsType): readonly DnsRecord[] {
  return records.filter((record) => record.type === type);
}

/** A DNS name as it is compared: lower case (RFC 4343), without the last dot. */
export function dnsName(text: string): string {
  return text.toLowerCase().replace(/\.$/, '');
}
