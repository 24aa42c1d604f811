import { EntraError } from '../entra/entra-error.ts';
import { answerTokenRequest, instanceDiscovery, openIdConfiguration } from '../entra/token-endpoint.ts';
import type { EntraWorld } from '../entra/token-endpoint.ts';
import { jsonAnswer } from './wire-answer.ts';
import type { WireAnswer } from './wire-answer.ts';

/** Answers what MSAL asks of an authority: metadata, keys, tokens. */
export function answerSignIn(world: EntraWorld, method: string, segments: readonly string[], body: Buffer): WireAnswer {
  const [tenant = '', ...rest] = segments;
  try {
    switch (rest.join('/')) {
      case 'discovery/instance':
        return jsonAnswer(200, instanceDiscovery(world));
      case 'discovery/v2.0/keys':
        return jsonAnswer(200, world.tokens.jwks());
      case 'v2.0/.well-known/openid-configuration':
        return jsonAnswer(200, openIdConfiguration(world, tenant));
      case 'oauth2/v2.0/token':
        if (method === 'POST')
          return jsonAnswer(200, answerTokenRequest(world, tenant, new URLSearchParams(body.toString())));
        return jsonAnswer(405, {
          error: 'invalid_request',
          error_description: 'AADSTS900561: The endpoint only accepts POST requests.',
        });
      default:
        return jsonAnswer(404, { error: 'not_found', error_description: 'There is nothing here.' });
    }
  } catch (error) {
    if (error instanceof EntraError) return jsonAnswer(error.status, error.body());
    throw error;
  }
}
