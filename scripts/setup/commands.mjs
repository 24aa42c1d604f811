/**
 * What each npm script runs (arguments of node), and what the machine must have for it: the development packages of
 * npm, and programs by the keys of PROGRAMS in debian-packages.mjs.
 */
const SERVERS = ['redis', 'dovecot', 'openssl'];
const SCREENS = ['chromium', 'dejavu', 'liberation'];

export const COMMANDS = {
  demo: { run: ['sandbox/demo.ts'], development: true, programs: SERVERS },
  test: { run: ['node_modules/vitest/vitest.mjs', 'run'], development: true, programs: [...SERVERS, ...SCREENS] },
  start: { run: ['bin/bellhop.mjs', 'serve'], development: false, programs: [] },
  check: { run: ['scripts/check.ts'], development: true, programs: [...SERVERS, ...SCREENS] },
  bench: {
    run: ['bench/run.ts'],
    development: true,
    programs: SERVERS,
    optionalPrograms: ['mbsync', 'interimap', 'time'],
  },
  bellhop: { run: ['bin/bellhop.mjs'], development: false, programs: [] },
  generate: { run: ['scripts/generate.ts'], development: true, programs: [] },
  'package-manifest': { run: ['scripts/package-manifest.ts'], development: true, programs: [] },
};
