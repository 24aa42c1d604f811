import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A server process that ends with us, whatever ends us. */
export interface GuardedProcess {
  /** Settles when the process is gone. */
  readonly ended: Promise<void>;
  readonly hasEnded: () => boolean;
  /** SIGTERM, and SIGKILL to its whole group after five seconds. */
  stop(): Promise<void>;
}

/**
 * The shell holds a pipe from us. It closes when we end, even by SIGKILL, and then the shell stops the server. A
 * process group of its own keeps a Ctrl-C in the terminal from stopping the server before its clients.
 */
const GUARD = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
(read -r _ <&3; kill "$server" 2>/dev/null) &
guard=$!
wait "$server"
code=$?
kill "$guard" 2>/dev/null
exit $code`;

/** Starts a program that stays in the foreground; its output goes to the end of a file. */
export function startGuarded(program: string, args: readonly string[], outputFile: string): GuardedProcess {
  const output = openSync(outputFile, 'a');
  const child = spawn('sh', ['-c', GUARD, 'sh', program, ...args], {
    detached: true,
    stdio: ['pipe', output, output],
  });
  closeSync(output);
  let isOver = false;
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      isOver = true;
      resolve();
    });
  });
  // Whoever starts it awaits readiness first; a failure to start must not be an unhandled rejection until then.
  ended.catch(() => undefined);

  async function stop(): Promise<void> {
    if (isOver) return;
    child.stdin?.destroy();
    const timeout = new AbortController();
    await Promise.race([ended, delay(5000, undefined, { signal: timeout.signal }).catch(() => undefined)]);
    timeout.abort();
    if (!isOver && child.pid !== undefined) {
      process.kill(-child.pid, 'SIGKILL');
      await ended;
    }
  }
  return { ended, hasEnded: () => isOver, stop };
}
