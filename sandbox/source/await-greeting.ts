import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits until an IMAP server greets on a port of the loopback. Throws after `deadline` ms, or when `hasEnded` says so. */
export async function awaitGreeting(port: number, hasEnded: () => boolean, deadline = 20_000): Promise<void> {
  for (const end = performance.now() + deadline; performance.now() < end; await delay(25)) {
    if (hasEnded()) throw new Error('The mail server ended while starting');
    if (await greets(port)) return;
  }
  throw new Error(`No IMAP greeting on port ${port} within ${deadline} ms`);
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(2000, () => answer(false));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
    socket.once('data', (data) => answer(data.toString('latin1').startsWith('* OK')));
  });
}
