import { parseArgs } from 'node:util';
import { benchCommands } from './commands.ts';
import { benchDelta } from './delta.ts';
import { benchImport } from './import.ts';
import { benchFleet } from './fleet.ts';
import { benchIdle } from './idle.ts';
import { benchInitialSync } from './initial-sync.ts';
import { benchLedger } from './ledger.ts';
import { benchLive } from './live.ts';
import { benchNoChange } from './no-change.ts';
import { benchLimits } from './limits.ts';
import { PEERS } from './measure-peers.ts';
import { benchStatus } from './status.ts';
import { benchWorkers } from './workers.ts';

const USAGE = `npm run bench -- [bench] [options]

  initial   the first sync of one mailbox, side by side with the peers (the default)
            --mails 5000  --profile real|small  --compress (servers with COMPRESS=DEFLATE)
            --sync 1 (ms every fsync takes longer than on this machine's disk)
  delta     a pass without changes, and one with a day's changes, in a mailbox of 20,000 mails
            --mails 20000
  no-change a pass in which nothing changed, with one very large folder
            --mails 500000
  limits    one mailbox within the real limits of Exchange, whose answers take 250 ms
  fleet     50,000 users on 1,000 places, on a clock that takes no time
  idle      a pass over many mailboxes in which nothing changed, twenty at once
            --users 1000
  live      from a change at the source to the target, in a live batch
            --users 1
  import    a CSV read, checked and stored with sealed passwords
            --rows 50000
  status    the cards of a large batch and a scrape of /metrics, while progress is being written
            --users 50000
  commands  what is said about a large batch: how long it takes, and for how long others wait
            --users 50000
  workers   twenty mailboxes at once with two workers, beside one mailbox with one
            --mails 200  --latency 100 (ms every answer of the target takes)
  ledger    a ledger of 1,000,000 entries, in a file and in Postgres
            --mails 1000000

  --peers dsync,interimap,mbsync,imapsync   what is not installed is left out; "none" measures Bellhop alone
Figures are printed, and kept as JSON under bench/results.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    mails: { type: 'string' },
    rows: { type: 'string', default: '50000' },
    users: { type: 'string' },
    latency: { type: 'string', default: '100' },
    profile: { type: 'string', default: 'real' },
    compress: { type: 'boolean', default: false },
    sync: { type: 'string', default: '0' },
    peers: { type: 'string', default: PEERS.map((peer) => peer.name).join(',') },
    help: { type: 'boolean', default: false },
  },
});
const [bench = 'initial'] = positionals;
const peers = values.peers.split(',');

if (values.help) console.log(USAGE);
else if (bench === 'delta') await benchDelta(Number(values.mails ?? 20_000), peers);
else if (bench === 'no-change') await benchNoChange(Number(values.mails ?? 500_000));
else if (bench === 'import') await benchImport(Number(values.rows));
else if (bench === 'limits') await benchLimits();
else if (bench === 'fleet') benchFleet();
else if (bench === 'live') await benchLive(Number(values.users ?? 1));
else if (bench === 'status') await benchStatus(Number(values.users ?? 50_000));
else if (bench === 'commands') await benchCommands(Number(values.users ?? 50_000));
else if (bench === 'workers')
  await benchWorkers({ mails: Number(values.mails ?? 200), latency: Number(values.latency) });
else if (bench === 'ledger') await benchLedger(Number(values.mails ?? 1_000_000));
else if (bench === 'idle') await benchIdle(Number(values.users ?? 1000));
else if (bench === 'initial') {
  const profile = values.profile === 'small' ? 'small' : 'real';
  const { compress } = values;
  await benchInitialSync({ mails: Number(values.mails ?? 5000), profile, compress, sync: Number(values.sync), peers });
} else {
  console.error(USAGE);
  process.exitCode = 2;
}
