import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { MigrationError } from '../engine/domain/failure.ts';
import { parseHost } from '../engine/domain/endpoint.ts';

/** Networks an endpoint typed into chat must not reach: this machine, private and shared networks, and ways around them. */
const RESERVED: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 4], ['240.0.0.0', 4],
  ['::', 128], ['::1', 128], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['100::', 64], ['2001::', 32], ['2002::', 16],
  ['fc00::', 7], ['fe80::', 10], ['ff00::', 8],
]; // prettier-ignore

const reserved = blockList(RESERVED.map(([network, prefix]) => `${network}/${prefix}`));

/** Looks up all addresses of a host; the default asks the system. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * The address to connect to. Resolved once, checked, and used as it is, so that a second answer of the DNS cannot lead
 * elsewhere. `allowed` holds host names, addresses and networks the operator of the machine permits (never set from
 * chat). Throws SourceHostForbidden, SourceUnreachable.
 */
export async function checkedAddress(
  host: string,
  allowed: readonly string[],
  resolve: Resolve = resolveBySystem,
): Promise<string> {
  const name = parseHost(host);
  if (name === undefined || isNumeric(name)) throw new MigrationError('SourceHostForbidden', { host });
  const addresses = await resolve(name);
  const [first] = addresses;
  if (first === undefined) throw new MigrationError('SourceUnreachable', { detail: 'the name has no address' });
  if (allowed.includes(name)) return first;
  const networks = blockList(allowed.filter((each) => isIP(each.split('/')[0] ?? '') !== 0));
  const usable = addresses.find((address) => contains(networks, address) || !isReserved(address));
  if (usable === undefined) throw new MigrationError('SourceHostForbidden', { host: name });
  return usable;
}

// "127.1", "2130706433" and "0177.0.0.1" are names by their letters, and addresses to the resolver. Real addresses are judged as such.
function isNumeric(name: string): boolean {
  return isIP(name) === 0 && /^[0-9a-fx.]*$/.test(name) && /^(0x[0-9a-f]*|[0-9]+)$/.test(name.split('.').at(-1) ?? '');
}

async function resolveBySystem(name: string): Promise<readonly string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (error) {
    throw new MigrationError('SourceUnreachable', { detail: 'the name is not in the DNS' }, { cause: error });
  }
}

function isReserved(address: string): boolean {
  const mapped = /^::ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/i.exec(address);
  if (mapped === null) return contains(reserved, address);
  const [, dotted, high = '0', low = '0'] = mapped;
  const bytes = [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]);
  return contains(reserved, dotted ?? bytes.join('.'));
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
  }
  return list;
}

function contains(list: BlockList, address: string): boolean {
  const plain = address.split('%')[0] ?? address;
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}
