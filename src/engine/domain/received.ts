/** Hosts of one message that are kept. */
const MOST_HOSTS = 6;
const LONGEST_HOST = 120;

/**
 * The hosts a message came by, the last one first, from its Received fields (RFC 5321 section 4.4: "from host (what the
 * server saw) by ..."). Whoever sends mail writes the lower fields as they like: this is for people who look for a
 * sender that still knows the old server, and decides nothing.
 */
export function relayingHosts(header: string): readonly string[] {
  return receivedFields(header)
    .flatMap((field) => {
      const [, said = '', seen = ''] = /^\s*from\s+([^\s;()]+)(?:\s*\(([^)]*)\))?/i.exec(field) ?? [];
      const address = /\[?((?:\d{1,3}\.){3}\d{1,3}|(?:IPv6:)?[0-9a-f]*:[0-9a-f:]+)\]?/i.exec(seen)?.[1] ?? '';
      const host = clean(said);
      if (host === '') return [];
      return [address === '' || host.includes(address) ? host : `${host} [${clean(address)}]`];
    })
    .slice(0, MOST_HOSTS);
}

/** The header of a message: everything before the first empty line, folded lines joined. */
export function headerOf(raw: Buffer, longest = 256_000): string {
  const text = raw.subarray(0, longest).toString('latin1');
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  return text.slice(0, end).replaceAll(/\r?\n[ \t]+/g, ' ');
}

function receivedFields(header: string): readonly string[] {
  return header
    .split(/\r?\n/)
    .filter((line) => /^received:/i.test(line))
    .map((line) => line.slice('received:'.length));
}

function clean(text: string): string {
  return text.replaceAll(/[^\w.:[\]-]/g, '').slice(0, LONGEST_HOST);
}
