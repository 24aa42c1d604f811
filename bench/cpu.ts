import { readFileSync, readdirSync } from 'node:fs';

interface Counted {
  readonly parent: number;
  readonly seconds: number;
}

/** User and system time of a process in seconds, as Linux counts it (proc(5), clock ticks of 10 ms). */
export function cpuOf(pid: number): number {
  return counted(pid).seconds;
}

/** The same with its children: steadier than the clock on a machine that does other things. */
export function cpuWithChildren(root: number): number {
  const all = readdirSync('/proc').filter((each) => /^\d+$/.test(each));
  const rows = all.flatMap((each) => {
    try {
      return [{ pid: Number(each), ...counted(Number(each)) }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  const sum = (pid: number): number =>
    rows.filter((row) => row.parent === pid).reduce((total, row) => total + sum(row.pid), 0) +
    (rows.find((row) => row.pid === pid)?.seconds ?? 0);
  return sum(root);
}

function counted(pid: number): Counted {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return { parent: Number(fields[1]), seconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}
