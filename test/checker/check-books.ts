import type { Finding } from './findings.ts';

/** As much of the JSON view of a user (`bellhop status <user> --json`) as the checker believes nothing of. */
export interface UserBooks {
  readonly identity: string;
  readonly items: Books;
  readonly dataConsistencyScore?: string | null;
  readonly folders?: readonly { readonly source: string; readonly sourceItems: number }[];
  readonly skipped?: readonly { readonly folder: string; readonly uid: number }[];
}

export interface BatchBooks {
  readonly identity: string;
  readonly items: Books;
}

export interface Books {
  readonly source: number;
  readonly copied: number;
  readonly adopted: number;
  readonly excluded: number;
  readonly skipped: number;
  readonly failed: number;
  readonly pending: number;
}

/** What the checker counted itself. */
export interface Counted {
  readonly source: number;
  readonly inTarget: number;
  readonly lost: number;
}

const POSTS = ['copied', 'adopted', 'excluded', 'skipped', 'failed', 'pending'] as const;

/** I3 and I10 for one user: the books balance, and they say what the checker counted. */
export function checkBooks(books: UserBooks, counted: Counted): readonly Finding[] {
  const { identity: user, items } = books;
  const findings: Finding[] = [...balance(user, items)];
  const expect = (what: string, told: number, real: number): void => {
    if (told !== real)
      findings.push({ code: 'books-wrong', user, where: what, detail: `told ${told}, counted ${real}` });
  };
  expect('messages at the source', items.source, counted.source);
  expect('messages in the target', items.copied + items.adopted, counted.inTarget);
  if (books.folders !== undefined) {
    const sum = books.folders.reduce((total, { sourceItems }) => total + sourceItems, 0);
    expect('messages of all folders', sum, counted.source);
  }
  if (counted.lost > 0 && (books.dataConsistencyScore === 'Perfect' || books.dataConsistencyScore === 'Good')) {
    const detail = `${books.dataConsistencyScore}, though ${counted.lost} messages are missing`;
    findings.push({ code: 'score-too-good', user, where: 'dataConsistencyScore', detail });
  }
  return findings;
}

/** I3 for a batch: it balances, and it is the sum of its users. */
export function checkBatchBooks(batch: BatchBooks, users: readonly UserBooks[]): readonly Finding[] {
  const findings = [...balance(batch.identity, batch.items)];
  for (const post of ['source', ...POSTS] as const) {
    const sum = users.reduce((total, { items }) => total + items[post], 0);
    if (sum === batch.items[post]) continue;
    const detail = `the batch says ${batch.items[post]}, its users ${sum}`;
    findings.push({ code: 'books-wrong', user: batch.identity, where: post, detail });
  }
  return findings;
}

function balance(user: string, items: Books): readonly Finding[] {
  const sum = POSTS.reduce((total, post) => total + items[post], 0);
  if (sum === items.source) return [];
  return [{ code: 'books-wrong', user, where: 'balance', detail: `source ${items.source}, all posts ${sum}` }];
}
