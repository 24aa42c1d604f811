import type { Directory } from './directory/directory.ts';
import type { EntraWorld } from './entra/token-endpoint.ts';
import type { Manners } from './limits/manners.ts';
import type { Throttle } from './limits/throttle.ts';
import type { UploadSessions } from './mail/upload-sessions.ts';

/** Everything a request can touch, wired once in local-exchange.ts. */
export interface ExchangeWorld extends EntraWorld {
  readonly directory: Directory;
  readonly manners: Manners;
  readonly throttle: (mailboxId: string) => Throttle;
  readonly uploads: UploadSessions;
  readonly random: () => number;
  readonly timeScale: number;
  /** Runs a write later, as a server does that answers 504 and finishes all the same. */
  readonly later: (ms: number, write: () => void) => void;
}
