import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { UserPurpose } from '@microsoft/microsoft-graph-types';

import { AppendFile } from '../store/append-file.ts';
import { MailboxStore } from '../store/mailbox-store.ts';
import type { WellKnownName } from '../store/well-known-folders.ts';

export interface NewUser {
  readonly address: string;
  readonly displayName?: string;
  readonly kind?: UserPurpose;
  /** Further addresses: proxyAddresses with a lower-case smtp:. */
  readonly aliases?: readonly string[];
  /** Sign-in name, when it is not the address. */
  readonly userPrincipalName?: string;
  /** Folders this mailbox was never given, such as `archive` before its first use. */
  readonly withoutFolders?: readonly WellKnownName[];
  /** servicePlanId of its licence; Exchange Online (Plan 2) unless told otherwise, "" for none. */
  readonly exchangePlan?: string;
}

export interface UserAccount {
  readonly id: string;
  readonly address: string;
  readonly displayName: string;
  readonly userPrincipalName: string;
  readonly kind: UserPurpose;
  readonly aliases: readonly string[];
  readonly withoutFolders: readonly WellKnownName[];
  readonly exchangePlan: string;
  readonly hasMailbox: boolean;
  readonly createdAt: number;
}

/** What is unusual about a domain of the tenant. */
export interface DomainSettings {
  readonly isVerified?: boolean;
  readonly takesMail?: boolean;
  /** Host of its MX record, where it is not the one of the common pattern. */
  readonly mx?: string;
}

export type Mailbox = MailboxStore;

/** Users of the tenant, in users.jsonl, and their mailboxes, opened when first asked for. */
export class Directory {
  readonly #directory: string;
  readonly #file: AppendFile;
  readonly #users = new Map<string, UserAccount>();
  /** Lower-case id, sign-in name and address -> id. */
  readonly #names = new Map<string, string>();
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #domains = new Map<string, DomainSettings>();

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
    this.#file = new AppendFile(join(directory, 'users.jsonl'));
    this.#file.replay((line) => this.#apply(JSON.parse(line.toString()) as UserAccount));
  }

  get users(): readonly UserAccount[] {
    return [...this.#users.values()];
  }

  /** The user with this id, sign-in name or primary address. */
  find(name: string): UserAccount | undefined {
    return this.#users.get(this.#names.get(name.toLowerCase()) ?? '');
  }

  /** Adds a user, or changes the one with this address. */
  add(user: NewUser, hasMailbox: boolean): UserAccount {
    const known = this.find(user.address);
    const account: UserAccount = {
      id: known?.id ?? randomUUID(),
      address: user.address,
      displayName: user.displayName ?? user.address.slice(0, user.address.lastIndexOf('@')),
      userPrincipalName: user.userPrincipalName ?? user.address,
      kind: user.kind ?? 'user',
      aliases: user.aliases ?? [],
      withoutFolders: user.withoutFolders ?? [],
      exchangePlan: user.exchangePlan ?? 'efb87545-963c-4e0d-99df-69c6916d9eb0',
      hasMailbox,
      createdAt: known?.createdAt ?? Date.now(),
    };
    this.#file.append(Buffer.from(`${JSON.stringify(account)}\n`));
    this.#apply(account);
    return account;
  }

  mailbox(user: UserAccount): Mailbox {
    const open = this.#mailboxes.get(user.id);
    if (open) return open;
    const guid = mailboxGuid(user);
    const mailbox = new MailboxStore(join(this.#directory, 'mailboxes', user.id), guid, user.withoutFolders);
    this.#mailboxes.set(user.id, mailbox);
    return mailbox;
  }

  /** Domains of all addresses, the first user's first: that one is the tenant's default. */
  domains(): readonly string[] {
    const addresses = this.users.flatMap(({ address, aliases }) => [address, ...aliases]);
    return [...new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1).toLowerCase()))];
  }

  domain(name: string): DomainSettings {
    return this.#domains.get(name) ?? {};
  }

  setDomain(name: string, settings: DomainSettings): void {
    this.#domains.set(name, settings);
  }

  close(): void {
    for (const mailbox of this.#mailboxes.values()) mailbox.close();
    this.#mailboxes.clear();
    this.#file.close();
  }

  #apply(account: UserAccount): void {
    this.#users.set(account.id, account);
    for (const name of [account.id, account.userPrincipalName, account.address])
      this.#names.set(name.toLowerCase(), account.id);
  }
}

/** A mailbox has a GUID of its own, other than that of its user. */
export function mailboxGuid(user: UserAccount): string {
  const hex = createHash('sha256').update(`mailbox of ${user.id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
