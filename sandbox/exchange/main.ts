import { parseArgs } from 'node:util';
import { startLocalExchange } from './local-exchange.ts';

/**
 * The local Exchange Online as a process of its own: `--directory DIR --mailbox ADDRESS... [--port N] [--throttling off]`.
 * Prints one JSON line with its addresses when it is ready; ends on SIGTERM.
 */
const { values } = parseArgs({
  options: {
    directory: { type: 'string' },
    mailbox: { type: 'string', multiple: true, default: [] },
    port: { type: 'string', default: '0' },
    throttling: { type: 'string', default: 'on' },
  },
});
if (values.directory === undefined) throw new Error('--directory is missing');

await using exchange = await startLocalExchange({
  directory: values.directory,
  port: Number(values.port),
  throttling: values.throttling !== 'off',
});
for (const address of values.mailbox) exchange.addMailbox({ address });
const { graphUrl, authorityHost, caFile, tenantId, clientId, clientSecret } = exchange;
process.stdout.write(`${JSON.stringify({ graphUrl, authorityHost, caFile, tenantId, clientId, clientSecret })}\n`);
await new Promise((resolve) => {
  process.once('SIGTERM', resolve);
  process.once('SIGINT', resolve);
});
