import { isIP } from 'node:net';

/** A DNS server by address. */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

/** Where DNS servers listen (RFC 1035 section 4.2). */
export const DNS_PORT = 53;

/** Reads "192.0.2.1", "192.0.2.1:5353", "2001:db8::1" or "[2001:db8::1]:53"; undefined for everything else. */
export function parseResolver(text: string): DnsServer | undefined {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  const port = portText === undefined ? DNS_PORT : Number(portText);
  return isIP(address) === 0 || port < 1 || port > 65_535 ? undefined : { address, port };
}
