import { getServers } from 'node:dns';
import { domainToASCII } from 'node:url';
import type {
  DnsAnswer,
  DnsOutcome,
  DnsQuestion,
  DnsRecord,
  DnsSurvey,
  DnsType,
} from '../engine/domain/dns-records.ts';
import { dnsName } from '../engine/domain/dns-records.ts';
import type { DnsSurveyor } from '../engine/ports.ts';
import { askServer } from './ask-server.ts';
import type { DnsReply } from './dns-wire.ts';
import { isPublic } from './public-address.ts';
import { DNS_PORT, type DnsServer, parseResolver } from './resolver-address.ts';

export interface DnsOptions {
  /** "address:port" of resolvers; those of the system when empty. */
  readonly resolvers: readonly string[];
  /** Where the servers of zones listen: 53 everywhere but in a sandbox, whose servers are on this machine. */
  readonly sandboxPort?: number;
}

const TIMEOUT = 2_000;
/** More name servers than this has no zone (RFC 1035 would take 13 in a datagram). */
const MOST_SERVERS = 13;
const NO_SUCH_NAME = 3;

/** Asks the servers of a zone, found through its NS records, and the resolvers: what each of them says now. */
export function dnsSurveyor(options: DnsOptions): DnsSurveyor {
  const given = options.resolvers.length > 0 ? options.resolvers : getServers();
  const resolvers = given.map(parseResolver).filter((each) => each !== undefined);
  const port = options.sandboxPort ?? DNS_PORT;
  const mayAsk = (address: string): boolean => options.sandboxPort !== undefined || isPublic(address);

  // The resolver that answers first is believed about where the servers are; the servers then speak for themselves.
  async function lookUp(name: string, type: DnsType): Promise<readonly DnsRecord[]> {
    const asked = resolvers.map(async (server) => {
      const reply = await askServer(server, { name, type }, { recursion: true, timeout: TIMEOUT });
      if (reply.code !== 0 && reply.code !== NO_SUCH_NAME) throw new Error('no answer');
      // A name that is an alias is no zone: NS records behind it are those of another one.
      const isAlias = type === 'NS' && reply.records.some((record) => record.type === 'CNAME');
      return isAlias ? [] : reply.records.filter((record) => record.type === type);
    });
    return Promise.any(asked).catch(() => []);
  }

  // A name inside a zone has no NS of its own: the next one above has.
  async function serversOf(name: string): Promise<readonly string[]> {
    for (let at = name; at.includes('.'); at = at.slice(at.indexOf('.') + 1)) {
      const found = await lookUp(at, 'NS');
      if (found.length > 0) return [...new Set(found.map(({ value }) => value))].sort().slice(0, MOST_SERVERS);
    }
    return [];
  }

  async function askAuthority(host: string, question: DnsQuestion): Promise<DnsAnswer> {
    const addresses = (await Promise.all([lookUp(host, 'A'), lookUp(host, 'AAAA')])).flat().map(({ value }) => value);
    const usable = addresses.filter(mayAsk);
    if (usable.length === 0) {
      const detail = addresses.length === 0 ? 'the name server has no address' : 'not an address of the Internet';
      return { server: host, authoritative: true, outcome: 'failed', records: [], detail };
    }
    let last: DnsAnswer | undefined;
    for (const address of usable.slice(0, 4)) {
      last = await ask({ address, port }, question, host, true);
      if (last.outcome !== 'failed') break;
    }
    return last ?? { server: host, authoritative: true, outcome: 'failed', records: [] };
  }

  async function survey(
    { name, type }: DnsQuestion,
    servers: Map<string, Promise<readonly string[]>>,
  ): Promise<DnsSurvey> {
    const question = { name: dnsName(domainToASCII(name) || name), type };
    const known = servers.get(question.name) ?? serversOf(question.name);
    servers.set(question.name, known);
    const answers = await Promise.all([
      ...(await known).map((host) => askAuthority(host, question)),
      ...resolvers.map((server) => ask(server, question, server.address, false)),
    ]);
    return { ...question, answers };
  }

  return {
    async survey(questions) {
      const servers = new Map<string, Promise<readonly string[]>>();
      return Promise.all(questions.map((question) => survey(question, servers)));
    },
  };
}

async function ask(server: DnsServer, question: DnsQuestion, name: string, authoritative: boolean): Promise<DnsAnswer> {
  const who = { server: name, authoritative };
  try {
    const reply = await askServer(server, question, { recursion: !authoritative, timeout: TIMEOUT });
    const lame = authoritative && !reply.authoritative && reply.code === 0;
    if (lame) return { ...who, outcome: 'failed', records: [], detail: 'it does not serve the zone' };
    const outcome = outcomeOf(reply, question.type);
    const refused = outcome === 'failed' ? { detail: `it answers with code ${reply.code}` } : {};
    return { ...who, outcome, records: outcome === 'failed' ? [] : reply.records, ...refused };
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'unknown';
    return { ...who, outcome: 'failed', records: [], detail };
  }
}

function outcomeOf({ code, records }: DnsReply, type: DnsType): DnsOutcome {
  if (code === NO_SUCH_NAME) return 'no-such-name';
  if (code !== 0) return 'failed';
  return records.some((record) => record.type === type) ? 'answered' : 'no-records';
}
