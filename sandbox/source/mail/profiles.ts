/** How big generated mail is; sizes in bytes of the whole message. */
export interface Profile {
  readonly median: number;
  readonly mean: number;
  readonly largest: number;
  /** One of so many mails is a large one, with a size between `largeFrom` and `largeTo`; 0 for none. */
  readonly oneLargeIn: number;
  readonly largeFrom: number;
  readonly largeTo: number;
  /** Whether every kind of mail appears, or plain text alone. */
  readonly varied: boolean;
}

export type ProfileName = 'quick' | 'real' | 'small';

const KB = 1000;
const MB = 1_000_000;

/** `real` has the sizes of a grown mailbox (120 KB on average), `quick` a third of it, `small` is for counting. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  quick: { median: 12 * KB, mean: 44 * KB, largest: 2 * MB, oneLargeIn: 400, largeFrom: 4 * MB, largeTo: 5 * MB, varied: true },
  real: { median: 25 * KB, mean: 118 * KB, largest: 12 * MB, oneLargeIn: 1000, largeFrom: 4 * MB, largeTo: 12 * MB, varied: true },
  small: { median: 2.7 * KB, mean: 2.8 * KB, largest: 10 * KB, oneLargeIn: 0, largeFrom: 0, largeTo: 0, varied: false },
}; // prettier-ignore
