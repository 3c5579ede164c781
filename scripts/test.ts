// SPDX-License-Identifier: MIT
// usage: node out/scripts/test.js [--update-golden] [filter …]: runs the tests whose path contains a filter (all if there is none).
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';

const testRoot = fileURLToPath(new URL('../test/', import.meta.url));
const UPDATE = '--update-golden';
const filters = process.argv.slice(2).filter(argument => argument !== UPDATE);
if (process.argv.includes(UPDATE)) process.env.STEPTRAP_UPDATE_GOLDEN = '1';

const files = readdirSync(testRoot, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.test.js'))
  .filter(file => filters.length === 0 || filters.some(filter => file.includes(filter)))
  .sort()
  .map(file => join(testRoot, file));

const counts = { passed: 0, failed: 0, skipped: 0 };
/** A test file that ends without a report of its own (it did not load) fails once. */
const stream = run({ files, concurrency: availableParallelism(), timeout: 300_000 });
stream.on('test:pass', ({ details, skip }) => {
  if (details.type === 'suite') return;
  if (skip === undefined || skip === false) counts.passed++;
  else counts.skipped++;
});
stream.on('test:fail', ({ name, file, details }) => {
  if (details.type === 'suite') return;
  counts.failed++;
  const where = file === undefined ? '' : ` (${relative(testRoot, file)})`;
  console.log(`FAILED ${name}${where}`);
  const cause: unknown = details.error.cause ?? details.error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  console.log(text.replace(/^/gm, '    '));
});
stream.on('test:stderr', ({ message }) => process.stderr.write(message));
stream.on('test:stdout', ({ message }) => {
  // What a test prints about itself (a seed, a figure); the protocol lines of child processes are not shown.
  if (!message.startsWith('TAP version')) process.stdout.write(message);
});
stream.on('end', () => {
  if (files.length === 0) console.log(`No test file's path contains ${filters.join(' or ')}.`);
  console.log(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
  process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
});
stream.resume();
