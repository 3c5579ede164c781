// SPDX-License-Identifier: MIT
// usage: node scripts/bundle.mjs [--package FOLDER]: bundles the command line, the extension, its pages and the session's worker into dist/, with the
// generated interpreter beside them; into FOLDER/dist, minified and without source maps, for the package. Plain JavaScript, because it runs
// as part of the build.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { thirdPartyNotices } from './thirdPartyNotices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

// @vscode/debugadapter is CommonJS and asks for Node's modules by require(), which an ES module does not have.
const REQUIRE =
  "import { createRequire as steptrapCreateRequire } from 'node:module'; const require = steptrapCreateRequire(import.meta.url);";

const [option, folder] = process.argv.slice(2);
const isForPackage = option === '--package';
const dist = `${isForPackage ? folder : root}/dist`;

const common = {
  absWorkingDir: root,
  bundle: true,
  metafile: true,
  minify: isForPackage,
  sourcemap: isForPackage ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  define: { STEPTRAP_VERSION: JSON.stringify(version) },
};

const node = { ...common, platform: 'node', target: 'node20', format: 'esm', banner: { js: REQUIRE } };

/** What @vscode/debugadapter wants of Node and a browser has not: some of it from packages, the rest is never called there. */
const web = {
  ...common,
  platform: 'browser',
  target: 'es2022',
  alias: {
    path: 'path-browserify',
    ...Object.fromEntries(['fs', 'net', 'url', 'os', 'child_process'].map(name => [name, './scripts/nothing.mjs'])),
  },
  inject: ['./scripts/webGlobals.mjs'],
  define: { ...common.define, global: 'globalThis' },
};

/** Extension hosts load CommonJS only, and give them `vscode`. */
const extension = { format: 'cjs', banner: {}, external: ['vscode'] };

mkdirSync(dist, { recursive: true });
const bundles = await Promise.all([
  build({
    ...node,
    entryPoints: ['src/entries/steptrap.node.ts'],
    outfile: `${dist}/steptrap.js`,
    banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
  }),
  build({ ...node, entryPoints: ['src/entries/session.worker.ts'], outfile: `${dist}/session.worker.js` }),
  build({ ...node, ...extension, entryPoints: ['src/entries/extension.node.ts'], outfile: `${dist}/extension.node.cjs` }),
  build({ ...web, format: 'iife', entryPoints: ['src/entries/session.worker.web.ts'], outfile: `${dist}/session.worker.web.js` }),
  build({
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    entryPoints: ['src/views/stepAnatomy/main.ts'],
    outfile: `${dist}/stepAnatomy.js`,
  }),
  // The package's type is "module", so the entry must end in .cjs to be loaded as CommonJS.
  build({ ...web, ...extension, entryPoints: ['src/entries/extension.web.ts'], outfile: `${dist}/extension.web.cjs` }),
]);

writeFileSync(
  `${dist}/ThirdPartyNotices.txt`,
  thirdPartyNotices(
    root,
    bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs)),
  ),
);

const generated = `${root}/out/generated`;
const interpreters = existsSync(generated) ? readdirSync(generated).filter(name => name.endsWith('.wasm')) : [];
for (const name of interpreters) copyFileSync(`${generated}/${name}`, `${dist}/${name}`);
if (interpreters.length === 0) console.error('out/generated has no interpreter: what is bundled cannot run a guest. Run "npm run build".');
