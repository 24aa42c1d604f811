/** A process of its own that brings the event log into the audit chain again and again until it is killed: `append-audit.ts <socket>`. */
import { Redis } from 'ioredis';
import { redisAuditLog } from '../../src/store/redis-audit-log.ts';

const redis = new Redis({ path: process.argv[2] ?? '', maxRetriesPerRequest: null });
redis.on('error', () => undefined);
const audit = redisAuditLog(redis);
process.stdout.write('ready\n');
for (;;) await audit.catchUp();
