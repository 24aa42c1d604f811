import type { EndpointName } from './ids.ts';

/** `tls`: TLS from the first byte (993). `starttls`: upgraded, never without. `none`: clear text, only where the operator of the machine allows it. */
export type EndpointSecurity = 'tls' | 'starttls' | 'none';
/** How Bellhop signs in at the source. */
export type EndpointLogin = 'plain' | 'login' | 'xoauth2';

/** A source server and how to talk to it (New-MigrationEndpoint -IMAP). */
export interface MigrationEndpoint {
  readonly name: EndpointName;
  readonly host: string;
  readonly port: number;
  readonly security: EndpointSecurity;
  readonly login: EndpointLogin;
  /** Initial syncs at a time (MaxConcurrentMigrations). */
  readonly initial: number;
  /** Incremental syncs at a time (MaxConcurrentIncrementalSyncs). */
  readonly incremental: number;
}

/** Ports by security, as New-MigrationEndpoint uses them. */
export const DEFAULT_PORT: Readonly<Record<EndpointSecurity, number>> = { tls: 993, starttls: 143, none: 143 };

/** Exchange Online's own preset: 20 initial and 10 incremental syncs at a time. */
export const DEFAULT_CAPS = { initial: 20, incremental: 10 } as const;

const HOST_LABELS = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Reads a host name: ASCII letters, digits and dashes (RFC 1123), lower-cased. Whether it may be reached is the source edge's decision. */
export function parseHost(text: string): string | undefined {
  const host = text.toLowerCase();
  return HOST_LABELS.test(host) ? host : undefined;
}
