// SPDX-License-Identifier: MIT
// usage: node out/scripts/package/makePackage.js [FILE]: makes FILE, steptrap-<version>.vsix if absent, from minified bundles and what
// .vscodeignore names, and looks at it as one who installs it. Needs no network.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { type Manifest, namedFiles, packagedManifest } from './manifest.js';
import { packagedReadme } from './packagedReadme.js';
import { zipEntries } from './zipEntries.js';

/** Largest package, in bytes. */
const MAXIMUM_BYTES = 3_000_000;

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** What is packed, gathered in one place: the working tree has bundles with source maps and a README with links into it. */
const stage = join(root, 'out', 'package');

const readJson = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest;

function gather(files: readonly string[], manifest: Manifest): void {
  rmSync(stage, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, ['scripts/bundle.mjs', '--package', stage], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The bundles for the package could not be made.');
  for (const file of files) {
    if (file.startsWith('dist/')) continue;
    mkdirSync(dirname(join(stage, file)), { recursive: true });
    copyFileSync(join(root, file), join(stage, file));
  }
  for (const name of ['README.md', 'CHANGELOG.md'])
    writeFileSync(
      join(stage, name),
      packagedReadme(readFileSync(join(root, name), 'utf8'), path => readFileSync(join(root, path))),
    );
  // What is gathered is what ships; without such a file the packager warns.
  writeFileSync(join(stage, '.vscodeignore'), '');
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(packagedManifest(manifest), undefined, 2)}\n`);
}

/** What is wrong with the package at `path`, which should hold `files`. */
function problemsOf(path: string, files: readonly string[]): readonly string[] {
  const { size } = statSync(path);
  const entries = zipEntries(readFileSync(path));
  // The packager writes these two names in lower case, and the licence with an ending.
  const installed = new Set([...entries.keys()].map(name => name.toLowerCase()));
  const has = (file: string): boolean =>
    installed.has(`extension/${file}`.toLowerCase()) || installed.has(`extension/${file}.txt`.toLowerCase());
  const named = namedFiles(JSON.parse(entries.get('extension/package.json')?.toString('utf8') ?? '{}'));
  return [
    ...(size > MAXIMUM_BYTES ? [`The package has ${size} bytes; ${MAXIMUM_BYTES} are the most.`] : []),
    ...files.filter(file => !has(file)).map(file => `The package lacks ${file}.`),
    ...named.filter(file => !has(file)).map(file => `The manifest in the package names ${file}, which the package does not have.`),
    ...[...installed].filter(name => name.endsWith('.map')).map(name => `The package has the source map ${name}.`),
  ];
}

const manifest = readJson(join(root, 'package.json'));
const packagePath = resolve(process.argv[2] ?? join(root, `steptrap-${String(manifest['version'])}.vsix`));
const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
gather(files, manifest);
await createVSIX({
  cwd: stage,
  packagePath,
  dependencies: false,
  // There is no public repository to point to, and nothing relative is left in the README.
  allowMissingRepository: true,
  rewriteRelativeLinks: false,
});
const problems = problemsOf(packagePath, files);
for (const problem of problems) console.error(problem);
console.log(`${packagePath}: ${statSync(packagePath).size} bytes, ${files.length} files`);
process.exitCode = problems.length === 0 ? 0 : 1;
