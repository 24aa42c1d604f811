/** Brands keep one kind of name from being passed where another is meant; they cost nothing at run time. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Name of a migration batch, as typed by a person (1-64 characters, see {@link parseBatchName}). */
export type BatchName = Branded<'BatchName'>;
/** Name of a migration endpoint. */
export type EndpointName = Branded<'EndpointName'>;
/** EmailAddress of a migration user, lower case: it names the target mailbox and identifies the user. */
export type UserAddress = Branded<'UserAddress'>;

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u;

/** Reads a batch name: letters, digits, dot, dash, underscore, at most 64 (New-MigrationBatch -Name), compared in lower case. */
export function parseBatchName(text: string): BatchName | undefined {
  const name = text.normalize('NFC').toLowerCase();
  return NAME.test(name) ? (name as BatchName) : undefined;
}

/** Reads an endpoint name: the rule of batch names. */
export function parseEndpointName(text: string): EndpointName | undefined {
  const name = text.normalize('NFC').toLowerCase();
  return NAME.test(name) ? (name as EndpointName) : undefined;
}

// One "@", no white space, quotes or brackets, labels with dots: strict on purpose, it decides which mailbox is written.
const ADDRESS =
  /^[^\s@"'()<>[\],;:\\|`$*#{}]{1,64}@(?=.{1,255}$)[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;

/** Reads an SMTP address (RFC 5321 mailbox, without quoted local parts) and lower-cases it, as Exchange compares addresses. */
export function parseUserAddress(text: string): UserAddress | undefined {
  const address = text.trim().toLowerCase();
  const local = address.slice(0, address.indexOf('@'));
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return undefined;
  return ADDRESS.test(address) ? (address as UserAddress) : undefined;
}
