import type { FaultSwitches } from '../limits/faults.ts';
import type { Tenant } from '../tenant.ts';
import type { AccessTokens } from './access-tokens.ts';
import { EntraError, entraError } from './entra-error.ts';

/** What the sign-in side needs to know of the world. */
export interface EntraWorld {
  readonly tenant: Tenant;
  readonly tokens: AccessTokens;
  readonly faults: FaultSwitches;
  /** https://localhost:port */
  readonly origin: string;
}

const GRAPH_ROLES = [
  'Mail.ReadWrite',
  'MailboxSettings.Read',
  'User.Read.All',
  'Domain.Read.All',
  'Organization.Read.All',
];
const OUTLOOK_ROLES = ['IMAP.AccessAsApp'];
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** OpenID metadata of a tenant: what MSAL reads before it asks for a token. */
export function openIdConfiguration({ origin }: EntraWorld, tenant: string): object {
  return {
    token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
    response_types_supported: ['code', 'id_token', 'code id_token'],
    id_token_signing_alg_values_supported: ['RS256'],
    issuer: `${origin}/${tenant}/v2.0`,
    authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${origin}/${tenant}/oauth2/v2.0/logout`,
  };
}

/** Answer of /common/discovery/instance: this host is its own cloud. */
export function instanceDiscovery({ origin, tenant }: EntraWorld): object {
  const { host } = new URL(origin);
  return {
    tenant_discovery_endpoint: `${origin}/${tenant.tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** POST /{tenant}/oauth2/v2.0/token with client credentials. Throws EntraError for everything Entra refuses. */
export function answerTokenRequest(world: EntraWorld, tenant: string, form: URLSearchParams): object {
  const clientId = form.get('client_id') ?? '';
  const { switches } = world.faults;
  if (switches.tokenError) throw entraError(switches.tokenError, clientId, tenant);
  if (tenant !== world.tenant.tenantId) throw entraError('AADSTS90002', clientId, tenant);
  if (form.get('grant_type') !== 'client_credentials') {
    throw new EntraError(
      400,
      'unsupported_grant_type',
      70_003,
      `The app requested an unsupported grant type '${form.get('grant_type') ?? ''}'.`,
    );
  }
  if (clientId !== world.tenant.clientId) throw entraError('AADSTS700016', clientId, tenant);
  proveClient(world, form);
  const audience = readScope(world, form.get('scope') ?? '');
  const roles = audience.includes('outlook') ? OUTLOOK_ROLES : GRAPH_ROLES;
  const token = world.tokens.issue(
    {
      aud: audience,
      iss: `${world.origin}/${tenant}/v2.0`,
      tid: tenant,
      appid: clientId,
      roles: roles.filter((role) => !switches.revokedRoles.includes(role)),
    },
    switches.tokenLifetime,
  );
  return {
    token_type: 'Bearer',
    expires_in: switches.tokenLifetime - 1,
    ext_expires_in: switches.tokenLifetime - 1,
    access_token: token,
  };
}

function proveClient(world: EntraWorld, form: URLSearchParams): void {
  const { clientId, tenantId } = world.tenant;
  const assertion = form.get('client_assertion');
  if (assertion === null) {
    if (form.get('client_secret') !== world.tenant.clientSecret) throw entraError('AADSTS7000215', clientId, tenantId);
    return;
  }
  if (form.get('client_assertion_type') !== ASSERTION_TYPE || !isOwnAssertion(assertion, clientId)) {
    throw new EntraError(
      401,
      'invalid_client',
      700_027,
      'The certificate with identifier used to sign the client assertion is not registered on application.',
    );
  }
}

/** The sandbox has no certificate on file: it checks that the assertion is the application's own and still good. */
function isOwnAssertion(assertion: string, clientId: string): boolean {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString());
    if (typeof claims !== 'object' || claims === null) return false;
    const { iss, sub, exp } = claims as Record<string, unknown>;
    return iss === clientId && sub === clientId && typeof exp === 'number' && exp * 1000 > Date.now();
  } catch {
    return false;
  }
}

/** `resource/.default` -> resource. Application tokens know no other scopes. */
function readScope({ origin }: EntraWorld, scope: string): string {
  const resources = [
    'https://graph.microsoft.com',
    'https://outlook.office365.com',
    'https://outlook.office.com',
    origin,
  ];
  const asked = scope.split(' ').find((word) => !['openid', 'profile', 'offline_access', ''].includes(word)) ?? '';
  const resource = resources.find((known) => asked === `${known}/.default` || asked === `${known}//.default`);
  if (resource === undefined) {
    throw new EntraError(
      400,
      'invalid_scope',
      1_002_012,
      `The provided value for scope ${asked} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  return resource;
}
