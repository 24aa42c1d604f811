import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { errorCard } from '../cards/error-card.ts';
import { fileSentCard } from '../cards/file-card.ts';
import type { Card } from '../cards/elements.ts';
import { localeFor } from '../cards/locale.ts';
import { MigrationError, failure, toMigrationError } from '../engine/domain/failure.ts';
import type { World } from '../engine/ports.ts';
import type { ChatPort } from './chat-port.ts';
import type { WrittenFile } from './commands/command.ts';
import type { Documents } from './conversation-book.ts';
import type { Incoming, Person } from './read-activity.ts';
import { isFileStore, sendFile } from './send-file.ts';

/** What Teams shows before a file comes: name and size; the id comes back with the answer. */
export interface FileOffer {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
}

interface StoredOffer extends WrittenFile {
  /** Entra object id: the offer is for one person. */
  readonly by: string;
}

const LIFETIME = 3_600_000;

export interface FileOffersOptions {
  readonly documents: Documents;
  readonly world: World;
  readonly chat: Pick<ChatPort, 'post'>;
  readonly sandbox: boolean;
}

/** Files people take along from their chat with Bellhop: offered, accepted, put into their OneDrive. */
export class FileOffers {
  readonly #options: FileOffersOptions;

  constructor(options: FileOffersOptions) {
    this.#options = options;
  }

  async offer(file: WrittenFile, by: Person): Promise<FileOffer> {
    const { documents, world } = this.#options;
    const id = world.newId();
    const stored: StoredOffer = { ...file, by: by.id };
    await documents.putIfAbsent(`file-offer:${id}`, JSON.stringify(stored), LIFETIME);
    return { id, name: basename(file.file), bytes: file.bytes };
  }

  /**
   * Takes an answer. The file is sent after the turn: Teams waits ten seconds for an answer, a file may need minutes. What
   * became of it is posted.
   */
  async answered(answer: Extract<Incoming, { kind: 'file' }>): Promise<void> {
    const { id, accepted, by, place, uploadUrl, contentUrl } = answer;
    const offer = await this.#take(id, by);
    if (!accepted) return;
    if (!isFileStore(uploadUrl, this.#options.sandbox)) throw new MigrationError('FileOfferGone');
    const seen = isFileStore(contentUrl, this.#options.sandbox) ? contentUrl : undefined;
    void this.#send(offer, uploadUrl, seen, by).then((card) => this.#options.chat.post(place, card));
  }

  // Once, by the person it was made for.
  async #take(id: string, by: Person): Promise<StoredOffer> {
    const { documents } = this.#options;
    const text = /^[\w-]{1,64}$/.test(id) ? await documents.get(`file-offer:${id}`) : undefined;
    const offer = text === undefined ? undefined : (JSON.parse(text) as StoredOffer);
    if (offer?.by !== by.id || !(await documents.putIfAbsent(`file-taken:${id}`, '1', LIFETIME)))
      throw new MigrationError('FileOfferGone');
    await documents.delete(`file-offer:${id}`);
    return offer;
  }

  async #send(offer: StoredOffer, uploadUrl: string, contentUrl: string | undefined, by: Person): Promise<Card> {
    const { world } = this.#options;
    const locale = localeFor(by.locale);
    const name = basename(offer.file);
    try {
      if (!(await isUnchanged(offer))) throw new MigrationError('FileOfferGone');
      await sendFile(offer.file, offer.bytes, uploadUrl, world.clock);
      return fileSentCard({ ...offer, name, ...(contentUrl === undefined ? {} : { contentUrl }) }, locale);
    } catch (error) {
      const { code, details } = toMigrationError(error);
      world.log.warn({ code }, 'a file was not sent');
      return errorCard(failure(code, { ...details, file: name }), locale);
    }
  }
}

// What is handed out is what the card of the export named.
async function isUnchanged({ file, bytes, sha256 }: StoredOffer): Promise<boolean> {
  const now = await stat(file).catch(() => undefined);
  if (now?.size !== bytes) return false;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece);
  return hash.digest('hex') === sha256;
}
