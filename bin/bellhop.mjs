#!/usr/bin/env node
// The launcher: says plainly which Node is needed before anything newer than Node 20 is parsed.
import module from 'node:module';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Bellhop needs Node 22.18 or newer to run directly, this is ${process.versions.node}.\n` +
      'From a clone, "npm run bellhop -- <command>" and "npm start" bring their own Node.',
  );
  process.exit(1);
}
module.enableCompileCache?.();
await import('../src/main.ts');
