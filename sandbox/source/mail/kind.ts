import type { Base64Supply } from './base64-supply.ts';
import type { Entity } from './mime.ts';
import type { Random } from './seeded-random.ts';

/** What a kind of mail is made from. */
export interface Draft {
  readonly random: Random;
  readonly supply: Base64Supply;
  /** Size the mail should have, in bytes; kinds of a fixed size ignore it. */
  readonly bytes: number;
  readonly owner: string;
  readonly subject: string;
  readonly internalDate: Date;
  /** Makes a detached CMS signature (DER) of a serialized entity. */
  readonly sign: (content: Buffer) => Buffer;
  /** A boundary used nowhere else in the mail. */
  boundary(): string;
}

/** Header fields that a kind wants otherwise; null leaves the field out. */
export type Envelope = Partial<Record<'From' | 'Date' | 'Subject' | 'Message-ID' | 'To', string | null>>;

export interface Written {
  readonly entity: Entity;
  readonly envelope?: Envelope;
  /** More header lines of the message itself. */
  readonly headers?: readonly string[];
  /** Header lines that are not UTF-8, put in as they are. */
  readonly rawHeaders?: Buffer;
  /** The whole mail, when it has no proper header at all. */
  readonly raw?: Buffer;
}

/** One kind of mail. */
export interface Kind {
  readonly name: string;
  /** How often, relative to the other kinds. */
  readonly weight: number;
  /** Whether it can have any size; the others are small. */
  readonly grows?: true;
  write(draft: Draft): Written;
}
