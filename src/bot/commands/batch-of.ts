import type { BatchName } from '../../engine/domain/ids.ts';
import type { World } from '../../engine/ports.ts';
import { readTarget } from './arguments.ts';
import type { ParsedCommand } from './parse.ts';

/** The batch a command is about, by name or by one of its users: its record holds who agreed. */
export async function batchOf(args: ParsedCommand['args'], world: World): Promise<BatchName | undefined> {
  const named = args['batch'] ?? args['user'] ?? args['target'];
  const words = typeof named === 'object' && named !== null ? Object.values(named).join('') : named;
  const target = typeof words === 'string' ? readTarget(words) : undefined;
  if (target === undefined || 'batch' in target) return target?.batch;
  return (await world.store.user(target.user))?.batch;
}
