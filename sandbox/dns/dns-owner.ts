import { cardText } from '../teams/card-text.ts';
import type { LocalTeams } from '../teams/local-teams.ts';
import type { Message } from '../teams/conversation.ts';
import type { LocalDns } from './local-dns.ts';

const SHORT_TTL = 60;
/** Mail goes to the old server until somebody says otherwise. */
const OLD_HOST = 'mail';
const OLD_TTL = 300;

/** The public DNS of a domain as it is before its mail moves: MX and SPF lead to the old server. */
export function prepareZone(dns: LocalDns, domain: string, target: string): void {
  dns.addZone(domain);
  dns.set(domain, 'MX', [`10 ${OLD_HOST}.${domain}`], { ttl: OLD_TTL });
  dns.set(domain, 'TXT', ['v=spf1 mx -all']);
  dns.set(`${OLD_HOST}.${domain}`, 'A', ['192.0.2.10']);
  dns.set(`autodiscover.${domain}`, 'CNAME', [`${OLD_HOST}.${domain}`]);
  dns.set(target, 'A', ['192.0.2.25']);
}

/**
 * The owner of the DNS reads along in the channel and does what the card of the cutover asks for, and nothing else: the
 * name of the host is the one on the card. Says what was done; until the returned function is called.
 */
export function playDnsOwner(teams: LocalTeams, dns: LocalDns, say: (line: string) => void): () => void {
  const done = new Set<string>();
  const once = (what: string, work: () => void): void => {
    if (done.has(what)) return;
    done.add(what);
    work();
    say(`dns: ${what}`);
  };
  return teams.onChange((message: Message) => {
    if (message.author.kind !== 'bot') return;
    const words = message.cards
      .map((card) => cardText(card))
      .join(' ')
      .replaceAll('\u200b', '')
      .replaceAll(/[│▎\s]+/g, ' ');
    const [, step = ''] = /Cutover of \S+ · step (\d+) of/.exec(words) ?? [];
    const [, domain = ''] = /\d+\/12 (\S+)/.exec(words) ?? [];
    if (step === '3' && domain !== '')
      once(`the MX of ${domain} lives ${SHORT_TTL} seconds`, () =>
        dns.set(domain, 'MX', [`10 ${OLD_HOST}.${domain}`], { ttl: SHORT_TTL }),
      );
    const [, ofDomain = '', host = ''] = /MX of (\S+): (\S+)/.exec(words) ?? [];
    if (step === '6' && host !== '')
      once(`the MX of ${ofDomain} leads to ${host}`, () => {
        dns.set(ofDomain, 'MX', [`0 ${host}`], { ttl: SHORT_TTL });
        dns.set(ofDomain, 'TXT', ['v=spf1 include:spf.protection.outlook.com -all']);
        dns.set(`autodiscover.${ofDomain}`, 'CNAME', ['autodiscover.outlook.com']);
      });
  });
}
