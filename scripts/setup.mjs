// SPDX-License-Identifier: MIT
// usage: node scripts/setup.mjs [build|start|test|check|…]: installs what is missing, builds what a command needs and runs it.
// Plain JavaScript on Node's own modules, because it runs before anything is installed or built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [command = 'build', ...rest] = process.argv.slice(2);

const MINIMUM_NODE = 20;
if (Number(process.versions.node.split('.')[0]) < MINIMUM_NODE) {
  console.error(`Steptrap needs Node ${MINIMUM_NODE} or newer; this is ${process.version}.`);
  process.exit(1);
}

/** Runs a program in the project's root and ends with its status if it fails. */
function run(program, args) {
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && program === 'npm',
  });
  if (error !== undefined) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}
const node = (...args) => run(process.execPath, args);

/** Installs the locked dependencies unless those of this very lock file are there. */
function install() {
  const stamp = join(root, 'node_modules', '.steptrap-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing the dependencies …');
  run('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error']);
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, lock);
}

function build() {
  node('node_modules/typescript/bin/tsc', '-b');
  node('out/scripts/generateInterpreter.js');
  node('scripts/bundle.mjs');
}

/** Every command after installing and building. Arguments of the caller's are passed on. */
const COMMANDS = {
  build: () => {},
  start: () => node('dist/steptrap.js', 'demo', ...rest),
  check: () => node('out/scripts/check.js', ...rest),
  test: () => {
    node('out/scripts/check.js');
    node('out/scripts/test.js', ...rest);
  },
  'test:vscode': () => node('out/scripts/testVscode.js', ...rest),
  'test:electron': () => node('out/scripts/testElectron.js', ...rest),
  screenshots: () => node('out/scripts/screenshots.js', ...rest),
  'test:oracle': () => node('out/scripts/testOracle.js', ...rest),
  'test:streams': () => node('out/test/debug/streams/manyStreams.js', ...rest),
  'golden:update': () => node('out/scripts/test.js', '--update-golden', ...rest),
  'record:vectors': () => {
    node('out/scripts/recordVectors.js');
    node('out/scripts/recordPowerVectors.js');
  },
  'requirements:update': () => node('out/scripts/requirements.js', '--update'),
  'docs:update': () => {
    node('out/scripts/requirements.js', '--update');
    node('out/scripts/knownLimits.js', '--update');
    node('out/scripts/localization.js', '--update');
    node('out/scripts/manifest.js', '--update');
  },
  'grammars:update': () => node('out/scripts/grammar/grammars.js', '--update'),
  package: () => node('out/scripts/package/makePackage.js', ...rest),
  bench: () => node('out/bench/bench.js', ...rest),
};

const action = COMMANDS[command];
if (action === undefined) {
  console.error(`'${command}' is not a command; there are: ${Object.keys(COMMANDS).join(', ')}.`);
  process.exit(2);
}
install();
build();
action();
