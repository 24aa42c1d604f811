import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TargetAccess } from '../engine/ports.ts';
import type { SignInOptions } from './graph-sign-in.ts';

/**
 * What a token of the app says it may do, and until when. Only read, for people: whether it is true, Graph decides. Rights
 * given in Exchange (RBAC for applications) do not stand in it.
 */
export function readAccess(token: string): TargetAccess {
  const [, payload = ''] = token.split('.');
  const claims = readClaims(payload);
  const { roles, exp } = claims;
  return {
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
    expiresAt: typeof exp === 'number' ? exp * 1000 : undefined,
  };
}

function readClaims(payload: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** When the certificate the app signs in with is over, ms since 1970, UTC; undefined where a secret is used. */
export async function certificateUntil({ credential }: Pick<SignInOptions, 'credential'>): Promise<number | undefined> {
  if (!('certificatePath' in credential)) return undefined;
  return Date.parse(new X509Certificate(await readFile(credential.certificatePath)).validTo);
}
