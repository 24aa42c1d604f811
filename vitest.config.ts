import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // A browser and four servers share two cores here: what failed is looked at again before it counts.
    retry: 2,
    reporters: ['default', './test/support/closing-line-reporter.ts'],
  },
});
