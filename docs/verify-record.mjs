// Checks the record of a batch with nothing but Node: `node verify-record.mjs <folder> [fingerprint]`.
// It shares no code with Bellhop; docs/record.md is all it needed. Exit code 0: unchanged, 1: not.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, pinned] = process.argv.slice(2);
const read = (name) => readFileSync(join(folder, name));
const sha256 = (data) => createHash('sha256').update(data).digest('hex');
const problems = [];
const must = (holds, what) => holds || problems.push(what);

// RFC 8785: members sorted by UTF-16 code units, no white space, strings and numbers as ECMAScript writes them.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

// 1. The signature covers the bytes of manifest.json.
const publicKey = createPublicKey(read('public-key.pem'));
const fingerprint = sha256(publicKey.export({ type: 'spki', format: 'der' }));
must(publicKey.asymmetricKeyType === 'ed25519', 'the key is no Ed25519 key');
must(pinned === undefined || pinned === fingerprint, `signed with another key: ${fingerprint}`);
must(verify(null, read('manifest.json'), publicKey, read('manifest.sig')), 'the signature is wrong');

// 2. The manifest covers the bytes of every other file.
const manifest = JSON.parse(read('manifest.json'));
must(manifest.signer.fingerprint === fingerprint, 'the manifest names another key');
for (const { name, bytes, sha256: hash } of manifest.files) {
  const data = read(name);
  must(data.length === bytes && sha256(data) === hash, `${name} was changed`);
}

// 3. Every entry of the chain is what its hash says and follows the one before.
let [seq, previous, nth] = [0, '0'.repeat(64), 0];
for (const line of read('audit.jsonl').toString().split('\n').slice(0, -1)) {
  const entry = JSON.parse(line);
  const { at, by, type, batch, event, planHash, details } = entry;
  const content = entry.content ?? sha256(canonical({ at, by, type, batch, nth: entry.nth, event, planHash, details }));
  must(canonical(entry) === line, `entry ${entry.seq} is not canonical`);
  must(entry.seq === seq + 1 && entry.previous === previous, `entry ${entry.seq} does not follow entry ${seq}`);
  must(entry.hash === sha256(canonical({ seq: entry.seq, previous: entry.previous, content })), `entry ${entry.seq} was changed`);
  if (batch === manifest.batch) must(entry.nth === ++nth, `an entry of ${batch} before entry ${entry.seq} is withheld`);
  ({ seq } = entry);
  previous = entry.hash;
}
must(seq === manifest.chain.seq && previous === manifest.chain.hash, 'the end of the chain is missing');

// 4. The books of every user balance.
const pack = JSON.parse(read('pack.json'));
for (const { address, items } of pack.users) {
  const { source, copied, adopted, excluded, skipped, failed, pending } = items;
  must(source === copied + adopted + excluded + skipped + failed + pending, `the books of ${address} do not balance`);
}

console.log(problems.length === 0 ? `unchanged, signed with ${fingerprint}` : problems.join('\n'));
process.exitCode = problems.length === 0 ? 0 : 1;
