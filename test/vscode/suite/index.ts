// SPDX-License-Identifier: MIT
import './reporter.js';
import './assemblyLanguage.js';
import './hiddenViews.js';
import './manifest.js';
import './sessions.js';

/** Runs the tests in the extension host; the workbench calls it. */
export function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    // Not `mocha.run`, which reads the address of a page: an extension host has none.
    Mocha.prototype.run.call(mocha, failures => (failures === 0 ? resolve() : reject(new Error(`${failures} failed`))));
  });
}
