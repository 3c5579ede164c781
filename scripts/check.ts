// SPDX-License-Identifier: MIT
// usage: node out/scripts/check.js: everything that can be checked without running the product. Types are checked by the build before.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { checkDocuments } from './checkDocuments.js';
import { checkLayers } from './checkLayers.js';
import { checkGrammars } from './grammar/grammars.js';
import { checkKnownLimits } from './knownLimits.js';
import { checkLocalization } from './localization.js';
import { checkManifest } from './manifest.js';
import { checkRequirements } from './requirements.js';
import { checkSequences } from './sequenceProfile.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the formatter's and linter's check and returns whether it passed; it prints what it found itself. */
function lint(): boolean {
  const biome = fileURLToPath(new URL('../../node_modules/@biomejs/biome/bin/biome', import.meta.url));
  return (
    spawnSync(process.execPath, [biome, 'check', '--diagnostic-level=error', '--max-diagnostics=40'], { cwd: root, stdio: 'inherit' })
      .status === 0
  );
}

const problems = [
  ...checkLayers(root),
  ...checkRequirements(root),
  ...checkKnownLimits(root),
  ...checkManifest(root),
  ...checkDocuments(root),
  ...checkSequences(root),
  ...checkGrammars(root),
  ...checkLocalization(root),
];
for (const problem of problems) console.error(problem);
const isClean = lint();
if (problems.length > 0) console.error(`${problems.length} problems.`);
process.exitCode = problems.length === 0 && isClean ? 0 : 1;
