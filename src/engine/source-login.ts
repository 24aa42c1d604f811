import { MigrationError } from './domain/failure.ts';
import type { MigrationEndpoint } from './domain/endpoint.ts';
import type { MigrationUser } from './domain/migration-user.ts';
import type { SourceLogin, World } from './ports.ts';

/** What signs in for a user. Throws CredentialMissing, CredentialUnreadable. */
export async function sourceLogin(
  { vault }: Pick<World, 'vault'>,
  { address, batch, userName, userRoot }: MigrationUser,
  endpoint: MigrationEndpoint,
): Promise<SourceLogin> {
  const password = await vault.get(address);
  if (password === undefined)
    throw new MigrationError('CredentialMissing', { address, batch, endpoint: endpoint.name });
  return {
    ...{ userName, password },
    ...(userRoot === undefined ? {} : { userRoot }),
    renewal: {
      save: (refreshToken) => vault.put(address, refreshToken),
      latest: () => vault.get(address),
    },
  };
}
