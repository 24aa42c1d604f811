import { requireBatch } from './batches.ts';
import { type ExportRow, exportCsv, exportHtml, sha256Of } from './domain/batch-export.ts';
import type { BatchName } from './domain/ids.ts';
import { NO_ITEMS } from './domain/items.ts';
import { type MigrationUser, isAtWork } from './domain/migration-user.ts';
import { isUnapproved } from './domain/progress.ts';
import { dataConsistencyScore, reasonsFromItems } from './domain/score.ts';
import { verdictOf } from './domain/verification.ts';
import type { World } from './ports.ts';
import { batchOverview } from './queries.ts';
import type { ExportView } from './views.ts';

/** Writes a batch with all its users as CSV, HTML and JSON; answers where the files are, with their hashes. Throws UnknownBatch. */
export async function exportBatch(world: World, name: BatchName): Promise<ExportView> {
  await requireBatch(world, name);
  const view = await batchOverview(world, name);
  const rows = await rowsOf(world, name);
  const head = {
    batch: name,
    status: view.status,
    score: view.dataConsistencyScore,
    items: view.items,
    asOf: view.asOf,
  };
  const stem = `export-${name}-${view.asOf.replaceAll(/[:.]/g, '-')}`;
  const texts = [
    ['csv', exportCsv(rows)],
    ['html', exportHtml(head, rows)],
    ['json', `${JSON.stringify({ ...head, users: rows }, undefined, 2)}\n`],
  ] as const;
  const files = [];
  for (const [kind, text] of texts) {
    const file = await world.reports.write(`${stem}.${kind}`, text);
    files.push({ kind, file, bytes: Buffer.byteLength(text), sha256: sha256Of(text) });
  }
  return { identity: name, users: rows.length, files, asOf: view.asOf };
}

async function rowsOf(world: World, name: BatchName): Promise<readonly ExportRow[]> {
  const progress = await world.store.batchProgress(name);
  const rows: ExportRow[] = [];
  for await (const user of world.store.users(name)) {
    const mine = progress.get(user.address);
    const items = mine?.items ?? NO_ITEMS;
    const reasons = mine === undefined ? [] : [...reasonsFromItems(items, isAtWork(user.status)), ...mine.reasons];
    const isGraded = mine !== undefined && user.lastSuccessfulSyncAt !== undefined;
    rows.push({
      ...{ address: user.address, userName: user.userName, status: user.status, items },
      score: isGraded ? dataConsistencyScore(reasons, items.source) : null,
      unapprovedSkipped:
        items.skipped === 0 ? 0 : (await world.store.skipped(user.address)).filter(isUnapproved).length,
      bytes: mine?.bytesTransferred ?? 0,
      lastSync: user.lastSuccessfulSyncAt === undefined ? null : new Date(user.lastSuccessfulSyncAt).toISOString(),
      verified: await verifiedText(world, user),
      errorCode: user.error?.code ?? null,
      error: user.error?.message ?? null,
      reasons: isGraded ? reasons : [],
    });
  }
  return rows;
}

async function verifiedText(world: World, { address }: MigrationUser): Promise<string | null> {
  const latest = await world.store.verification(address);
  return latest === undefined ? null : `${verdictOf(latest)} ${new Date(latest.finishedAt).toISOString()}`;
}
