// SPDX-License-Identifier: MIT
import 'mocha/mocha.js';

/** Both hosts have it. */
declare const console: { log(line: string): void };

/**
 * Prints a line for each test and the closing line. The output reaches the terminal through the workbench, which
 * passes on no colours and no format strings.
 */
function reporter(runner: Mocha.Runner): void {
  let passed = 0;
  let failed = 0;
  runner.on('pass', test => {
    passed++;
    console.log(`ok ${test.fullTitle()} (${((test.duration ?? 0) / 1000).toFixed(1)} s)`);
  });
  runner.on('fail', (test, error) => {
    failed++;
    console.log(`FAILED ${test.fullTitle()}\n${String(error?.stack ?? error).replace(/^/gm, '    ')}`);
  });
  runner.on('end', () => console.log(`${passed} passed, ${failed} failed`));
}

/** How long a test may take, in milliseconds. */
const LIMIT = 30_000;

// Before any file with tests is loaded: it gives them `suite` and `test`.
mocha.setup({ ui: 'tdd', reporter: reporter as never, timeout: LIMIT });
