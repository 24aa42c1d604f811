#!/usr/bin/env node
// The launcher: says plainly which Node is needed before anything newer than Node 20 is parsed.
import module from 'node:module';
import v8 from 'node:v8';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Bellhop needs Node 22.18 or newer to run directly, this is ${process.versions.node}.\n` +
      'From a clone, "npm run bellhop -- <command>" and "npm start" bring their own Node.',
  );
  process.exit(1);
}
// Bodies of mail lie outside of V8's heap, where it lets 64 MB of garbage gather before it looks. Counted with the heap, they
// go when both have grown by 60 % (docs/sizing.md). Older Nodes do not know the first switch.
if (major >= 26 && process.argv[2] === 'serve') {
  v8.setFlagsFromString('--external-memory-accounted-in-global-limit');
  v8.setFlagsFromString('--heap-growing-percent=60');
}
module.enableCompileCache?.();
await import('../src/main.ts');
