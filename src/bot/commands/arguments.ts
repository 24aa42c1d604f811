import type { EndpointLogin, EndpointSecurity, TokenGrant } from '../../engine/domain/endpoint.ts';
import {
  type BatchName,
  type EndpointName,
  type UserAddress,
  parseBatchName,
  parseEndpointName,
  parseUserAddress,
} from '../../engine/domain/ids.ts';
import { type Priority, readPriority } from '../../engine/domain/schedule.ts';
import { MigrationError } from '../../engine/domain/failure.ts';
import { readMoment } from '../../engine/domain/wall-clock.ts';
import type { Argument, CommandContext } from './command.ts';

/** The kinds of arguments commands share. */
export const batchArgument = { read: parseBatchName, expects: 'the name of a batch' } satisfies Argument<BatchName>;
export const endpointArgument = {
  read: parseEndpointName,
  expects: 'the name of an endpoint',
} satisfies Argument<EndpointName>;
export const userArgument = {
  read: parseUserAddress,
  expects: 'the address of a user',
} satisfies Argument<UserAddress>;

export const priorityArgument = {
  read: readPriority,
  expects: 'high, normal or low',
} satisfies Argument<Priority>;

/** Days of mail that come first: `30d`, `30`; `off` for no difference. */
export function readDays(text: string): number | undefined {
  if (/^(off|aus|0)$/i.test(text)) return 0;
  const days = Number(/^(\d{1,4})\s*(d|t|days|tage)?$/i.exec(text.trim())?.[1]);
  return days >= 1 && days <= 3650 ? days : undefined;
}

/** A moment in the zone of the conversation, which only the command knows; a terminal has none and speaks UTC. */
export const momentArgument = {
  read: (text: string) => (readMoment(text, 'UTC') === undefined ? undefined : text),
  expects: 'a time such as 2026-12-05T20:00, or with Z or +01:00 behind',
  named: true,
  optional: true,
} satisfies Argument<string>;

/** The moment somebody wrote. Throws UsageError where the clocks of the zone skip it. */
export function momentOf(text: string, { here }: Pick<CommandContext, 'here'>, command: string): number {
  const zone = here?.zone ?? 'UTC';
  const at = readMoment(text, zone);
  if (at === undefined) throw new MigrationError('UsageError', { detail: `There is no ${text} in ${zone}.`, command });
  return at;
}

/** A batch or a user: what has an "@" is an address. */
export type Target = { readonly batch: BatchName } | { readonly user: UserAddress };

export function readTarget(text: string): Target | undefined {
  if (text.includes('@')) {
    const user = parseUserAddress(text);
    return user === undefined ? undefined : { user };
  }
  const batch = parseBatchName(text);
  return batch === undefined ? undefined : { batch };
}

export const targetArgument = {
  read: readTarget,
  expects: 'the name of a batch or the address of a user',
} satisfies Argument<Target>;

export function readCount(text: string): number | undefined {
  const count = Number(text);
  return /^\d{1,3}$/.test(text) && count >= 1 && count <= 300 ? count : undefined;
}

export function readSecurity(text: string): EndpointSecurity | undefined {
  const word = text.toLowerCase();
  if (word === 'ssl') return 'tls';
  return word === 'tls' || word === 'starttls' || word === 'none' ? word : undefined;
}

export function readLogin(text: string): EndpointLogin | undefined {
  const word = text.toLowerCase();
  return word === 'plain' || word === 'login' || word === 'xoauth2' ? word : undefined;
}

export function readGrant(text: string): TokenGrant | undefined {
  const word = text.toLowerCase();
  return word === 'client' || word === 'refresh' ? word : undefined;
}

/** An identifier of somebody else's making: anything people can see, not too long. */
export function readWord(text: string): string | undefined {
  return /^[\x21-\x7e](?:[\x20-\x7e]{0,498}[\x21-\x7e])?$/.test(text) ? text : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time span such as 24h, 30m or 1d, in ms; at least five minutes. */
export function readSpan(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,4})(m|min|h|d)$/i.exec(text) ?? [];
  const ms = Number(count) * (UNIT_MS[unit.toLowerCase()] ?? Number.NaN);
  return ms >= 300_000 ? ms : undefined;
}

/** How often a batch syncs: a time span, or all the time. */
export function readCadence(text: string): number | 'live' | undefined {
  return text.toLowerCase() === 'live' ? 'live' : readSpan(text);
}

export function readList(text: string): readonly string[] | undefined {
  const names = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
  return names.length > 0 && names.length <= 100 ? names : undefined;
}

export function readYesNo(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (word === 'yes' || word === 'ja') return true;
  return word === 'no' || word === 'nein' ? false : undefined;
}

export function readOversize(text: string): 'skip' | 'stub' | undefined {
  const word = text.toLowerCase();
  return word === 'skip' || word === 'stub' ? word : undefined;
}

export function readTrash(text: string): 'copy' | 'skip' | undefined {
  const word = text.toLowerCase();
  return word === 'copy' || word === 'skip' ? word : undefined;
}
