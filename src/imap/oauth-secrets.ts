import { readFile } from 'node:fs/promises';
import type { TokenSource } from '../engine/domain/endpoint.ts';
import { MigrationError } from '../engine/domain/failure.ts';

/** The secret of a client at a token endpoint; undefined when it has none. */
export type ClientSecrets = (source: TokenSource) => Promise<string | undefined>;

/**
 * Client secrets from a file of the machine: `{ "<token endpoint>": { "<client>": "<secret>" } }`. Each is bound to the
 * address it is for, so that nobody who may add endpoints can have it sent anywhere else. Read anew each time: a new secret needs no restart.
 */
export function oauthSecrets(file: string | undefined): ClientSecrets {
  return async ({ url, client }) => {
    if (file === undefined) return undefined;
    try {
      const servers: unknown = JSON.parse(await readFile(file, 'utf8'));
      const key = Object.keys(Object(servers)).find((each) => URL.canParse(each) && new URL(each).href === url);
      const secret: unknown = key === undefined ? undefined : Object(Reflect.get(Object(servers), key))[client];
      return typeof secret === 'string' && secret !== '' ? secret : undefined;
    } catch {
      throw new MigrationError('OAuthUnavailable', {
        host: new URL(url).host,
        detail: 'the file of BELLHOP_OAUTH_FILE cannot be read',
      });
    }
  };
}
