import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The Entra tenant of the sandbox and the one application registered in it. */
export interface Tenant {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Reads tenant.json of a directory, or makes it: values asked for win over stored ones, stored ones over new ones. */
export function openTenant(directory: string, wanted: Partial<Tenant>): Tenant {
  const file = join(directory, 'tenant.json');
  const stored = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Tenant>) : {};
  const tenant: Tenant = {
    tenantId: wanted.tenantId ?? stored.tenantId ?? randomUUID(),
    clientId: wanted.clientId ?? stored.clientId ?? randomUUID(),
    clientSecret: wanted.clientSecret ?? stored.clientSecret ?? `sandbox-${randomBytes(18).toString('base64url')}`,
  };
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, `${JSON.stringify(tenant, null, 2)}\n`, { mode: 0o600 });
  return tenant;
}
