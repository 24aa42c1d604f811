import { randomUUID } from 'node:crypto';

/** A refusal of the token endpoint, in the body Entra writes. */
export class EntraError extends Error {
  override readonly name = 'EntraError';
  readonly status: number;
  readonly error: string;
  readonly number: number;

  constructor(status: number, error: string, number: number, text: string) {
    super(`AADSTS${number}: ${text}`);
    this.status = status;
    this.error = error;
    this.number = number;
  }

  body(): object {
    const traceId = randomUUID();
    const correlationId = randomUUID();
    const timestamp = new Date().toISOString().replace('T', ' ').replace(/\.\d+/, '');
    return {
      error: this.error,
      error_description: `${this.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
      error_codes: [this.number],
      timestamp,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `https://login.microsoftonline.com/error?code=${this.number}`,
    };
  }
}

type Refusal = readonly [
  status: number,
  error: string,
  number: number,
  text: (clientId: string, tenant: string) => string,
];

/** The refusals an operator meets (Microsoft Entra authentication error codes). */
const REFUSALS = {
  AADSTS65001: [
    400,
    'invalid_grant',
    65_001,
    (clientId) => `The user or administrator has not consented to use the application with ID '${clientId}'.`,
  ],
  AADSTS700016: [
    400,
    'unauthorized_client',
    700_016,
    (clientId, tenant) => `Application with identifier '${clientId}' was not found in the directory '${tenant}'.`,
  ],
  AADSTS7000215: [
    401,
    'invalid_client',
    7_000_215,
    (clientId) =>
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  ],
  AADSTS7000222: [
    401,
    'invalid_client',
    7_000_222,
    (clientId) => `The provided client secret keys for app '${clientId}' are expired.`,
  ],
  AADSTS90002: [
    400,
    'invalid_request',
    90_002,
    (_, tenant) =>
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  ],
} as const satisfies Record<string, Refusal>;

export type EntraCode = keyof typeof REFUSALS;

export function entraError(code: EntraCode, clientId: string, tenant: string): EntraError {
  const [status, error, number, text] = REFUSALS[code];
  return new EntraError(status, error, number, text(clientId, tenant));
}
