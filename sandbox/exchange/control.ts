import type { NewUser } from './directory/directory.ts';
import type { ExchangeWorld } from './exchange-world.ts';
import { jsonAnswer } from './https/wire-answer.ts';
import type { WireAnswer } from './https/wire-answer.ts';
import { FAULT_ACTIONS } from './limits/fault-actions.ts';
import type { FaultRule, FaultRuleHandle, Switches } from './limits/faults.ts';
import type { MailboxViews } from './mailbox-views.ts';

export interface ControlPanel {
  readonly world: ExchangeWorld;
  readonly views: MailboxViews;
  readonly addMailbox: (user: NewUser) => Promise<{ readonly id: string }>;
  readonly addUserWithoutMailbox: (user: NewUser) => Promise<{ readonly id: string }>;
}

/** What the owner of a mailbox does in Outlook. Folders are paths (list of names) or well-known names. */
export type OwnerAction =
  | { readonly do: 'rename-folder'; readonly folder: readonly string[] | string; readonly name: string }
  | { readonly do: 'move-folder'; readonly folder: readonly string[] | string; readonly to: readonly string[] | string }
  | { readonly do: 'delete-folder'; readonly folder: readonly string[] | string }
  | { readonly do: 'delete-item'; readonly id: string }
  | { readonly do: 'move-item'; readonly id: string; readonly to: readonly string[] | string }
  | { readonly do: 'set-read'; readonly id: string; readonly isRead: boolean };

/** Rules set over the control path, so that they can be asked about; the newest world's rules only. */
const HANDLES = new WeakMap<ExchangeWorld, FaultRuleHandle[]>();

/**
 * The control path `/_sandbox/...` of a local Exchange: what tests do through its object, other processes do through
 * these requests. Loopback only, as everything here; browsers are refused.
 */
export async function answerControl(panel: ControlPanel, method: string, url: URL, body: Buffer): Promise<WireAnswer> {
  const [, name = '', ...rest] = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const action = ACTIONS[`${method} ${name}`];
  if (!action) return jsonAnswer(404, { error: `There is no ${method} /_sandbox/${name}` });
  try {
    const value: unknown = body.length === 0 ? undefined : JSON.parse(body.toString());
    return jsonAnswer(200, (await action(panel, rest[0] ?? '', value)) ?? {});
  } catch (error) {
    return jsonAnswer(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

type Action = (panel: ControlPanel, subject: string, value: unknown) => object | void | Promise<object>;

const ACTIONS: Readonly<Record<string, Action>> = {
  'POST mailboxes': (panel, _, value) => panel.addMailbox(value as NewUser),
  'POST users': (panel, _, value) => panel.addUserWithoutMailbox(value as NewUser),
  'GET users': ({ views }) => ({ users: views.users }),
  'GET mailboxes': ({ views }, address) => ({ folders: views.folders(address) }),
  'POST owner': ({ views }, address, value) => act(views, address, value as OwnerAction),
  'POST faults': ({ world }, _, value) => addFault(world, value as FaultRule),
  'GET faults': ({ world }) => ({
    hits: (HANDLES.get(world) ?? []).map(({ hits }) => hits),
    switches: world.faults.switches,
  }),
  'DELETE faults': ({ world }) => {
    HANDLES.delete(world);
    world.faults.clear();
  },
  'PATCH switches': ({ world }, _, value) => {
    world.faults.set(value as Partial<Switches>);
    return world.faults.switches;
  },
  'POST expire-tokens': ({ world }) => world.tokens.expireAll(),
  'GET manners': ({ world }) =>
    Object.fromEntries(
      [...world.manners.all()].map(([id, manners]) => [world.directory.find(id)?.address ?? id, manners]),
    ),
  'DELETE manners': ({ world }) => world.manners.reset(),
};

function addFault(world: ExchangeWorld, rule: FaultRule): object {
  if (!FAULT_ACTIONS.includes(rule.action))
    throw new Error(`There is no fault '${rule.action}': ${FAULT_ACTIONS.join(', ')}`);
  const handles = [...(HANDLES.get(world) ?? []), world.faults.add(rule)];
  HANDLES.set(world, handles);
  return { rule: handles.length - 1 };
}

function act(views: MailboxViews, address: string, action: OwnerAction): void {
  switch (action.do) {
    case 'rename-folder':
      return views.renameFolder(address, action.folder, action.name);
    case 'move-folder':
      return views.moveFolder(address, action.folder, action.to);
    case 'delete-folder':
      return views.deleteFolder(address, action.folder);
    case 'delete-item':
      return views.deleteItem(address, action.id);
    case 'move-item':
      return views.moveItem(address, action.id, action.to);
    case 'set-read':
      return views.setRead(address, action.id, action.isRead);
  }
}
