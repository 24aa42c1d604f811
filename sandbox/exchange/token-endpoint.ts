import { createHmac, randomBytes } from 'node:crypto';
import { GraphProblem, type Reply } from './graph-reply.ts';

/** The app that may sign in. */
export interface AppRegistration {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Errors of the token endpoint that can be switched on. */
export type SignInFault = 'AADSTS65001' | 'AADSTS700016' | 'AADSTS7000215' | 'AADSTS7000222' | 'AADSTS90002';

const TEXT: Readonly<Record<SignInFault, string>> = {
  AADSTS65001: 'The user or administrator has not consented to use the application.',
  AADSTS700016: 'Application was not found in the directory.',
  AADSTS7000215: 'Invalid client secret provided.',
  AADSTS7000222: 'The provided client secret keys are expired.',
  AADSTS90002: 'Tenant not found.',
};

const SCOPES = /^https:\/\/[^/]+\/\.default$/;
const LIFETIME = 3600;

/** Entra's side of an app-only sign-in: metadata that msal-node reads, and tokens for client credentials. */
export class TokenEndpoint {
  readonly #app: AppRegistration;
  readonly #key = randomBytes(32);
  readonly #origin: () => string;
  /** Set to make every sign-in fail that way. */
  fault: SignInFault | undefined;
  /** Tokens issued before this time (ms) are refused: how an expired one is played. */
  notBefore = 0;

  constructor(app: AppRegistration, origin: () => string) {
    this.#app = app;
    this.#origin = origin;
  }

  /** Answers a request to the authority, or undefined when the path is none of its. */
  handle(method: string, path: string, form: URLSearchParams): Reply | undefined {
    const [, tenant = '', ...rest] = path.split('/');
    const tail = rest.join('/');
    if (tail === 'v2.0/.well-known/openid-configuration') return this.#metadata(tenant);
    if (path.startsWith('/common/discovery/instance'))
      return {
        status: 200,
        body: {
          tenant_discovery_endpoint: `${this.#origin()}/${this.#app.tenantId}/v2.0/.well-known/openid-configuration`,
          'api-version': '1.1',
          metadata: [],
        },
      };
    if (tail === 'discovery/v2.0/keys') return { status: 200, body: { keys: [] } };
    if (tail === 'oauth2/v2.0/token' && method === 'POST') return this.#token(tenant, form);
    return undefined;
  }

  /** Throws 401 unless the header carries a token of ours that is still good. */
  check(authorization: string | undefined): void {
    const [header, payload, signature] = (authorization ?? '').replace(/^Bearer /, '').split('.');
    const problem = new GraphProblem(401, 'InvalidAuthenticationToken', 'Access token is empty or invalid.');
    if (header === undefined || payload === undefined || signature !== this.#sign(`${header}.${payload}`))
      throw problem;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
      readonly exp: number;
      readonly issuedAt: number;
    };
    if (claims.exp * 1000 < Date.now() || claims.issuedAt < this.notBefore) throw problem;
  }

  #metadata(tenant: string): Reply {
    const base = `${this.#origin()}/${tenant}`;
    return {
      status: 200,
      body: {
        token_endpoint: `${base}/oauth2/v2.0/token`,
        issuer: `${base}/v2.0`,
        authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
        jwks_uri: `${base}/discovery/v2.0/keys`,
        token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
        response_types_supported: ['code'],
        subject_types_supported: ['pairwise'],
        id_token_signing_alg_values_supported: ['RS256'],
      },
    };
  }

  #token(tenant: string, form: URLSearchParams): Reply {
    const fault = this.fault ?? this.#findFault(tenant, form);
    if (fault !== undefined) {
      const description = `${fault}: ${TEXT[fault]} Trace ID: 00000000-0000-0000-0000-000000000000`;
      return {
        status: fault === 'AADSTS7000215' ? 401 : 400,
        body: { error: 'invalid_client', error_description: description, error_codes: [Number(fault.slice(6))] },
      };
    }
    if (!SCOPES.test(form.get('scope')?.split(' ')[0] ?? '')) {
      return {
        status: 400,
        body: {
          error: 'invalid_scope',
          error_description: 'AADSTS1002012: The provided value for scope is not valid.',
        },
      };
    }
    return {
      status: 200,
      body: {
        token_type: 'Bearer',
        expires_in: LIFETIME,
        ext_expires_in: LIFETIME,
        access_token: this.#issue(form.get('scope') ?? ''),
      },
    };
  }

  #findFault(tenant: string, form: URLSearchParams): SignInFault | undefined {
    if (tenant !== this.#app.tenantId) return 'AADSTS90002';
    if (form.get('client_id') !== this.#app.clientId) return 'AADSTS700016';
    const assertion = form.get('client_assertion');
    if (assertion === null && form.get('client_secret') !== this.#app.clientSecret) return 'AADSTS7000215';
    return undefined;
  }

  #issue(scope: string): string {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      aud: scope.replace(/\/\.default$/, ''),
      tid: this.#app.tenantId,
      appid: this.#app.clientId,
      roles: ['Mail.ReadWrite', 'User.Read.All', 'MailboxSettings.Read', 'Domain.Read.All', 'Organization.Read.All'],
      exp: Math.floor(Date.now() / 1000) + LIFETIME,
      issuedAt: Date.now(),
    };
    const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
    return `${unsigned}.${this.#sign(unsigned)}`;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
