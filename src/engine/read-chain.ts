import { chainCheck } from './domain/audit-check.ts';
import type { AuditEntry, AuditHead } from './domain/audit-entry.ts';
import { MigrationError } from './domain/failure.ts';
import type { World } from './ports.ts';

/** The audit chain up to now, every entry checked; returns its end. Throws RecordDamaged at the first one that is not as it was written. */
export async function* readChain({
  audit,
}: Pick<World, 'audit'>): AsyncGenerator<{ readonly entry: AuditEntry; readonly line: string }, AuditHead> {
  const chain = await audit.catchUp();
  const check = chainCheck();
  for await (const line of audit.lines()) {
    const entry = check.take(line);
    const [problem] = check.problems;
    if (problem !== undefined || entry === undefined)
      throw new MigrationError('RecordDamaged', { detail: `entry ${problem?.seq ?? ''}: ${problem?.text ?? ''}` });
    yield { entry, line };
    // Others may append meanwhile.
    if (check.head.seq === chain.seq) break;
  }
  if (check.head.hash !== chain.hash)
    throw new MigrationError('RecordDamaged', { detail: `its end is not entry ${chain.seq}` });
  return chain;
}

/** Checks the whole chain; answers its end. Throws RecordDamaged. */
export async function checkedEnd(world: Pick<World, 'audit'>): Promise<AuditHead> {
  const chain = readChain(world);
  for (;;) {
    const next = await chain.next();
    if (next.done === true) return next.value;
  }
}
