import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line, `N passed, N failed, N skipped`, for people and machines that read only that. */
class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const tests = [...module.children.allTests()];
      for (const test of tests) {
        const state = test.result().state;
        counts[state === 'pending' ? 'skipped' : state] += 1;
      }
      if (tests.length === 0 || module.errors().length > 0) counts.failed += module.ok() ? 0 : 1;
    }
    setImmediate(() =>
      process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`),
    );
  }
}

// vitest loads a reporter named in its configuration by the default export.
// oxlint-disable-next-line import/no-default-export
export default ClosingLineReporter;
