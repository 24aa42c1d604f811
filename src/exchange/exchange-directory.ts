import type { MailboxSettings, MailFolder, User } from '@microsoft/microsoft-graph-types';
import { MigrationError } from '../engine/domain/failure.ts';
import type { UserAddress } from '../engine/domain/ids.ts';
import { type MailboxQuota, mailboxQuota } from '../engine/domain/mailbox-quota.ts';
import type { RecipientKind } from '../engine/domain/migration-user.ts';
import type { TargetBudget, TargetDirectory, TargetRecipient } from '../engine/ports.ts';
import { targetDomain } from './exchange-domain.ts';
import { exchangeMailbox } from './exchange-mailbox.ts';
import { fencedClient } from './fenced-client.ts';
import { failureOf, graphClient } from './graph-client.ts';
import { type AppendEndpoint, appendSession } from './append-session.ts';
import { type SignInOptions, appSignIn, graphSignIn, imapScopeOf } from './graph-sign-in.ts';
import { certificateUntil, readAccess } from './token-access.ts';

export interface ExchangeOptions extends SignInOptions {
  readonly budget: TargetBudget;
  /** How many times faster waits run; 1 outside the sandbox. */
  readonly timeScale: number;
  readonly maxItemSize: number;
  /** Where the append lane writes; undefined when it is switched off. */
  readonly appendEndpoint: AppendEndpoint | undefined;
}

const KINDS: readonly RecipientKind[] = ['user', 'shared', 'room', 'equipment', 'linked', 'others'];

/** capabilityStatus of a plan whose mailbox is there (resource type assignedPlan): `Warning` is the time of grace. */
const KEEPS_MAILBOX: ReadonlySet<string> = new Set(['Enabled', 'Warning']);

/** The target edge: the mailboxes of one tenant, through Microsoft Graph. */
export function exchangeDirectory(options: ExchangeOptions): TargetDirectory {
  const { graphUrl, budget, clock, timeScale, maxItemSize, appendEndpoint: endpoint } = options;
  const signIn = graphSignIn(options);
  const clientOptions = { graphUrl, signIn, budget, clock, timeScale };
  const graph = graphClient(clientOptions);

  const imapSignIn = endpoint && appSignIn(options, imapScopeOf(endpoint.host));

  async function find(address: UserAddress): Promise<TargetRecipient | undefined> {
    const value = address.replaceAll("'", "''");
    const filter = [
      `proxyAddresses/any(p:p eq 'smtp:${value}')`,
      `proxyAddresses/any(p:p eq 'SMTP:${value}')`,
      `mail eq '${value}'`,
      `userPrincipalName eq '${value}'`,
    ].join(' or ');
    const path = `/users?$select=id,displayName,mail,userPrincipalName,proxyAddresses&$top=10&$filter=${encodeURIComponent(filter)}`;
    const found = new Map<string, User>();
    for await (const user of graph.pages<User>({ method: 'GET', path }))
      if (typeof user.id === 'string') found.set(user.id, user);
    if (found.size > 1) throw new MigrationError('RecipientAmbiguous', { address, count: found.size });
    const [user] = found.values();
    if (user?.id === undefined) return undefined;
    return { id: user.id, address, displayName: user.displayName ?? address, kind: await kindOf(user.id) };
  }

  // Nice to know, not needed: the permission for it may be missing.
  async function kindOf(id: string): Promise<RecipientKind> {
    const path = `/users/${encodeURIComponent(id)}/mailboxSettings?$select=userPurpose`;
    const answer = await graph.read<MailboxSettings>({ method: 'GET', path, mailbox: id });
    const purpose = answer.ok ? answer.body.userPurpose : undefined;
    return KINDS.find((kind) => kind === purpose) ?? 'user';
  }

  // Nice to know as well: of somebody who cannot be read, nothing is said.
  async function quota({ id, kind }: Pick<TargetRecipient, 'id' | 'kind'>): Promise<MailboxQuota | undefined> {
    const path = `/users/${encodeURIComponent(id)}?$select=assignedPlans`;
    const answer = await graph.read<User>({ method: 'GET', path });
    if (!answer.ok || !Array.isArray(answer.body.assignedPlans)) return undefined;
    const enabled = answer.body.assignedPlans.filter(({ capabilityStatus }) =>
      KEEPS_MAILBOX.has(capabilityStatus ?? ''),
    );
    return mailboxQuota(
      kind,
      enabled.map(({ servicePlanId, service }) => ({
        id: (servicePlanId ?? '').toLowerCase(),
        ofExchange: service === 'exchange',
      })),
    );
  }

  return {
    find,
    quota,
    async access() {
      const until = await certificateUntil(options).catch(() => undefined);
      return { ...readAccess(await signIn(false)), ...(until === undefined ? {} : { certificateUntil: until }) };
    },
    domain: (name) => targetDomain(graph, name),
    async open({ id, address }, mayWrite = async () => undefined, watch) {
      const own = graphClient({ ...clientOptions, watch });
      const path = `/users/${encodeURIComponent(id)}/mailFolders/inbox?$select=id`;
      const answer = await own.read<MailFolder>({ method: 'GET', path, mailbox: id });
      if (!answer.ok) {
        const unusable =
          answer.verdict === 'not-found' ? ({ ...answer, verdict: 'mailbox-unusable' } as const) : answer;
        throw failureOf(unusable).with({ address });
      }
      const session =
        endpoint && imapSignIn && appendSession({ endpoint, signIn: imapSignIn, address, clock, mayWrite, watch });
      return exchangeMailbox({ graph: fencedClient(own, mayWrite), id, maxItemSize, session, clock, timeScale });
    },
  };
}
