import { chainCheck } from './domain/audit-check.ts';
import type { AuditEntry, AuditHead } from './domain/audit-entry.ts';
import { MigrationError } from './domain/failure.ts';
import type { World } from './ports.ts';

/** Reads the audit chain up to now, every entry checked. Throws RecordDamaged at the first one that is not as it was written. */
export async function readChain(
  { audit }: Pick<World, 'audit'>,
  take: (entry: AuditEntry, line: string) => void,
): Promise<AuditHead> {
  const chain = await audit.catchUp();
  const check = chainCheck();
  for await (const line of audit.lines()) {
    const entry = check.take(line);
    const [problem] = check.problems;
    if (problem !== undefined || entry === undefined)
      throw new MigrationError('RecordDamaged', { detail: `entry ${problem?.seq ?? ''}: ${problem?.text ?? ''}` });
    take(entry, line);
    // Others may append meanwhile.
    if (check.head.seq === chain.seq) break;
  }
  if (check.head.hash !== chain.hash)
    throw new MigrationError('RecordDamaged', { detail: `its end is not entry ${chain.seq}` });
  return chain;
}
