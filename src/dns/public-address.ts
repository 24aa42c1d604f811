import { BlockList, isIPv6 } from 'node:net';

/** What a name server of a public zone cannot have: whoever writes a zone must not send questions into our networks. */
const RESERVED = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.168.0.0', 16], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const; // prettier-ignore
const GLOBAL_UNICAST = ['2000::', 3] as const;

const reserved = new BlockList();
for (const [network, prefix] of RESERVED) reserved.addSubnet(network, prefix);
const global = new BlockList();
global.addSubnet(...GLOBAL_UNICAST, 'ipv6');

/** Whether an address is one of the Internet. */
export function isPublic(address: string): boolean {
  return isIPv6(address) ? global.check(address, 'ipv6') : !reserved.check(address);
}
