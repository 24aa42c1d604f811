/**
 * What each npm script runs (arguments of node), and what the machine must have for it: the development packages of
 * npm, and programs by the keys of PROGRAMS in debian-packages.mjs.
 */
const SERVERS = ['redis', 'dovecot', 'openssl'];
/**
 * Bodies of mail come and go by the megabyte: glibc then keeps what was freed unless it is told to give it back
 * (measured with `npm run bench`: 426 MB become 320 MB, at the same speed).
 */
const LITTLE_MEMORY = { MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_ARENA_MAX: '2' };
const SCREENS = ['chromium', 'dejavu', 'liberation'];

export const COMMANDS = {
  demo: { run: ['sandbox/demo.ts'], development: true, programs: SERVERS },
  test: {
    run: ['node_modules/vitest/vitest.mjs', 'run'],
    development: true,
    programs: [...SERVERS, 'postgres', ...SCREENS],
  },
  start: {
    run: ['--max-semi-space-size=8', 'bin/bellhop.mjs', 'serve'],
    environment: LITTLE_MEMORY,
    development: false,
    programs: [],
  },
  check: { run: ['scripts/check.ts'], development: true, programs: [...SERVERS, 'postgres', ...SCREENS] },
  bench: {
    run: ['bench/run.ts'],
    development: true,
    programs: [...SERVERS, 'postgres'],
    optionalPrograms: ['mbsync', 'interimap', 'time'],
  },
  bellhop: {
    run: ['--max-semi-space-size=8', 'bin/bellhop.mjs'],
    environment: LITTLE_MEMORY,
    development: false,
    programs: [],
  },
  generate: { run: ['scripts/generate.ts'], development: true, programs: [] },
  'package-manifest': { run: ['scripts/package-manifest.ts'], development: true, programs: [] },
};
