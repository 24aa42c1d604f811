/** A real mail server running on this machine, as clients and tests see it. */
export interface LocalMailServer extends AsyncDisposable {
  readonly kind: 'dovecot' | 'cyrus' | 'courier';
  readonly host: 'localhost';
  /** IMAP in the clear, with STARTTLS. */
  readonly port: number;
  /** IMAP over TLS. */
  readonly tlsPort: number;
  /** PEM file a client has to trust. */
  readonly caFile: string;
  stop(): Promise<void>;
}
