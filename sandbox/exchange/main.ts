/**
 * Starts a local Exchange Online as a process of its own and prints one JSON line when it is ready. SIGTERM or SIGINT
 * ends it; the directory keeps everything.
 */
import { parseArgs } from 'node:util';

import { startLocalExchange } from './local-exchange.ts';

const { values } = parseArgs({
  options: {
    directory: { type: 'string' },
    port: { type: 'string', default: '0' },
    throttling: { type: 'string', default: 'on' },
    'time-scale': { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    'tenant-id': { type: 'string' },
    'client-id': { type: 'string' },
    'client-secret': { type: 'string' },
  },
});

if (values.directory === undefined) {
  process.stderr.write(
    'usage: main.ts --directory <path> [--port 0] [--throttling on|off] [--time-scale 1] [--seed 1]\n',
  );
  process.exit(2);
}

const exchange = await startLocalExchange({
  directory: values.directory,
  port: Number(values.port),
  throttling: values.throttling !== 'off',
  timeScale: Number(values['time-scale']),
  seed: Number(values.seed),
  ...(values['tenant-id'] === undefined ? {} : { tenantId: values['tenant-id'] }),
  ...(values['client-id'] === undefined ? {} : { clientId: values['client-id'] }),
  ...(values['client-secret'] === undefined ? {} : { clientSecret: values['client-secret'] }),
});

const { graphUrl, imap, authorityHost, caFile, tenantId, clientId, clientSecret } = exchange;
process.stdout.write(
  `${JSON.stringify({ graphUrl, imap, authorityHost, caFile, tenantId, clientId, clientSecret })}\n`,
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    exchange.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
