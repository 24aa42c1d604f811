import { connect } from 'node:net';

/** What a connect answers when surely nobody listens: no socket, or one that its server left behind. */
const NOBODY = new Set(['ENOENT', 'ECONNREFUSED']);

/**
 * Whether somebody listens on a unix socket. A server that still loads its data, or stands still, listens too: starting
 * a second one on the same data would damage it.
 */
export async function isListening(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error) =>
      resolve(!('code' in error && typeof error.code === 'string' && NOBODY.has(error.code))),
    );
  });
}
