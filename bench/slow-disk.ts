import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** What a Dovecot hands on to its processes, besides what it would. */
const IMPORT = 'import_environment = $import_environment LD_PRELOAD\n';

/**
 * Makes every fsync of whatever is started from now on take so many ms more: a disk of a virtual machine may answer in
 * 0.3 ms, disks in a data centre take 1 to 10. Answers the line a Dovecot needs to hand it on. Wants a C compiler.
 */
export function slowDisk(directory: string, ms: number): string {
  const library = join(directory, 'slow-sync.so');
  const source = new URL('slow-sync.c', import.meta.url).pathname;
  const { status, error } = spawnSync(
    'cc',
    ['-shared', '-fPIC', '-O2', `-DDELAY_NS=${Math.round(ms * 1e6)}`, '-o', library, source, '-ldl'],
    { stdio: 'inherit' },
  );
  if (status !== 0) throw new Error('a slow disk wants a C compiler: install gcc and libc6-dev', { cause: error });
  process.env['LD_PRELOAD'] = library;
  return IMPORT;
}
