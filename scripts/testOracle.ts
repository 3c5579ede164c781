// SPDX-License-Identifier: MIT
// usage: node out/scripts/testOracle.js [filter …]: compares with QEMU, gdb, readelf and llvm-objdump as far as they are installed.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What a module of test/oracle/ exports. */
interface OracleModule {
  readonly run: (options: { readonly seed: number }) => Promise<{ readonly passed: number; readonly failed: number }>;
  /** Programs without which it has nothing to compare with; any of the alternatives of an entry will do. */
  readonly peers?: readonly (readonly string[])[];
}

const folder = fileURLToPath(new URL('../test/oracle/', import.meta.url));
const filters = process.argv.slice(2);
/** In CI an absent peer is a failure, because nothing would be compared there for ever. */
const areRequired = process.env.STEPTRAP_REQUIRE_ORACLE === '1';
/** The same comparison on every run, so that what passed for one commit passes again; SEED=random looks at other instructions. */
const DEFAULT_SEED = 1;
const { SEED } = process.env;
const seed = (SEED === 'random' ? Date.now() ^ (process.pid << 8) : Number(SEED ?? DEFAULT_SEED)) >>> 0;
console.log(`Seed ${seed}; repeat with SEED=${seed} npm run test:oracle, or look further with SEED=random.`);

/** Debian's package of each program that an oracle names. */
const PACKAGES: Readonly<Record<string, string>> = {
  'qemu-system-aarch64': 'qemu-system-arm',
  'qemu-aarch64': 'qemu-user',
  'gdb-multiarch': 'gdb-multiarch',
  'llvm-objdump': 'llvm',
  'llvm-objcopy': 'llvm',
  'aarch64-linux-gnu-objdump': 'binutils-aarch64-linux-gnu',
  'powerpc64-linux-gnu-objdump': 'binutils-powerpc64-linux-gnu',
  'powerpc64-linux-gnu-as': 'binutils-powerpc64-linux-gnu',
  'powerpc64-linux-gnu-ld': 'binutils-powerpc64-linux-gnu',
  'qemu-system-ppc64': 'qemu-system-ppc',
  'qemu-ppc64': 'qemu-user',
  'qemu-ppc64le': 'qemu-user',
  readelf: 'binutils',
};

const isInstalled = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;

const total = { passed: 0, failed: 0, absent: 0 };
const files = readdirSync(folder)
  .filter(file => file.endsWith('.oracle.js'))
  .filter(file => filters.length === 0 || filters.some(filter => file.includes(filter)))
  .sort();
for (const file of files) {
  const name = file.replace(/\.oracle\.js$/, '');
  // Each module of this folder exports `run`; one that does not fails below.
  const module = (await import(pathToFileURL(join(folder, file)).href)) as OracleModule;
  const missing = (module.peers ?? []).filter(alternatives => !alternatives.some(isInstalled)).map(([first = '']) => first);
  if (missing.length > 0) {
    const packages = missing.map(program => PACKAGES[program] ?? program);
    console.log(`${name}: not compared, ${missing.join(' and ')} is not installed (Debian: apt-get install ${packages.join(' ')}).`);
    total.absent++;
    if (areRequired) total.failed++;
    continue;
  }
  try {
    const { passed, failed } = await module.run({ seed });
    console.log(`${name}: ${passed} passed, ${failed} failed`);
    total.passed += passed;
    total.failed += failed;
  } catch (error) {
    console.log(`FAILED ${name}: ${error instanceof Error ? error.stack : String(error)}`);
    total.failed++;
  }
}
if (files.length === 0) console.log('No oracle matches.');
console.log(`${total.passed} passed, ${total.failed} failed${total.absent > 0 ? `, ${total.absent} without a peer` : ''}`);
process.exitCode = total.failed > 0 || files.length === 0 ? 1 : 0;
