// SPDX-License-Identifier: MIT
// usage: node scripts/bundle.mjs: bundles the command line and the session's worker into dist/, with the generated interpreter beside them.
// Plain JavaScript, because it runs as part of the build.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));

// @vscode/debugadapter is CommonJS and asks for Node's modules by require(), which an ES module does not have.
const REQUIRE =
  "import { createRequire as steptrapCreateRequire } from 'node:module'; const require = steptrapCreateRequire(import.meta.url);";

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  define: { STEPTRAP_VERSION: JSON.stringify(version) },
};

mkdirSync(`${root}/dist`, { recursive: true });
await build({
  ...common,
  entryPoints: ['src/entries/steptrap.node.ts'],
  outfile: 'dist/steptrap.js',
  banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
});
await build({ ...common, entryPoints: ['src/entries/session.worker.ts'], outfile: 'dist/session.worker.js', banner: { js: REQUIRE } });

const interpreter = `${root}/out/generated/aarch64.wasm`;
if (existsSync(interpreter)) copyFileSync(interpreter, `${root}/dist/aarch64.wasm`);
else console.error('out/generated/aarch64.wasm is missing: what is bundled cannot run a guest. Run "npm run build".');
