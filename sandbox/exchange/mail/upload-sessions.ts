import { randomBytes } from 'node:crypto';

import type { Place } from '../store/append-file.ts';
import type { StoredAttachment } from '../store/records.ts';

/** An attachment on its way in, piece by piece. Lives in memory only: after a restart the caller has to begin again. */
export interface UploadSession {
  readonly id: string;
  readonly token: string;
  readonly mailboxId: string;
  readonly item: number;
  readonly attachment: Omit<StoredAttachment, 'number' | 'pieces'>;
  readonly pieces: Place[];
  received: number;
  readonly expiresAt: number;
}

const LIFETIME_MS = 7 * 24 * 3_600_000;

/** The open upload sessions of all mailboxes. */
export class UploadSessions {
  readonly #sessions = new Map<string, UploadSession>();

  open(session: Pick<UploadSession, 'mailboxId' | 'item' | 'attachment'>, now: number): UploadSession {
    const opened: UploadSession = {
      ...session,
      id: randomBytes(24).toString('base64url'),
      token: randomBytes(48).toString('base64url'),
      pieces: [],
      received: 0,
      expiresAt: now + LIFETIME_MS,
    };
    this.#sessions.set(opened.id, opened);
    return opened;
  }

  /** The session with this id and token, while it lasts. */
  find(id: string, token: string | null, now: number): UploadSession | undefined {
    const session = this.#sessions.get(id);
    return session?.token === token && session.expiresAt > now ? session : undefined;
  }

  end(session: UploadSession): void {
    this.#sessions.delete(session.id);
  }
}
