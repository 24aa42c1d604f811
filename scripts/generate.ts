import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { commandsPage } from './generate/commands-page.ts';
import { failuresPage } from './generate/failures-page.ts';
import { manifest } from './generate/manifest.ts';
import { statesPage } from './generate/states-page.ts';

/** Everything that is derived from the tables of src/. Committed; `npm run check` fails when a file is not what it would be now. */
const FILES: Readonly<Record<string, () => string>> = {
  'docs/commands.md': commandsPage,
  'docs/states.md': statesPage,
  'docs/failures.md': failuresPage,
  'manifest/manifest.json': () => `${JSON.stringify(manifest(), undefined, 2)}\n`,
};

for (const [name, write] of Object.entries(FILES)) {
  const file = new URL(`../${name}`, import.meta.url);
  mkdirSync(dirname(file.pathname), { recursive: true });
  writeFileSync(file, write());
}
