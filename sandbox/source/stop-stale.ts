import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Stops a server that an earlier run left behind in the same folder. It is ours only when its command line names our
 * configuration file: process ids are used again.
 */
export async function stopStale(pidFile: string, configFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
  const isOurs = async (): Promise<boolean> =>
    (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').includes(configFile);

  if (!(pid > 1) || !(await isOurs())) return;
  process.kill(pid, 'SIGTERM');
  for (let tries = 0; tries < 100 && (await isOurs()); tries += 1) await delay(50);
  if (await isOurs()) process.kill(pid, 'SIGKILL');
}
