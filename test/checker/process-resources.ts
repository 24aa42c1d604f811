import { readdir, readFile } from 'node:fs/promises';
import type { Finding } from './findings.ts';

/** What a process holds at one moment (Linux). */
export interface ProcessResources {
  readonly residentBytes: number;
  readonly openFiles: number;
}

export async function processResources(pid: number): Promise<ProcessResources> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  return { residentBytes: kilobytes * 1024, openFiles: (await readdir(`/proc/${pid}/fd`)).length };
}

/** I15: memory and open files are back to where they were, but for what caches may keep. */
export function checkResources(
  before: ProcessResources,
  after: ProcessResources,
  allowed: ProcessResources = { residentBytes: 128 * 1024 * 1024, openFiles: 8 },
): readonly Finding[] {
  const findings: Finding[] = [];
  for (const what of ['residentBytes', 'openFiles'] as const) {
    const kept = after[what] - before[what];
    if (kept > allowed[what])
      findings.push({ code: 'resources-kept', user: 'process', where: what, detail: `${kept} more than before` });
  }
  return findings;
}
