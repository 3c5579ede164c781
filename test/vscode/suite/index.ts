// SPDX-License-Identifier: MIT
import './reporter.js';
import './manifest.js';

/** Runs the tests in the extension host; the workbench calls it. */
export function run(): Promise<void> {
  return new Promise((resolve, reject) => {
    mocha.run(failures => (failures === 0 ? resolve() : reject(new Error(`${failures} failed`))));
  });
}
