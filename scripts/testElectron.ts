// SPDX-License-Identifier: MIT
// usage: node out/scripts/testElectron.js: the mocha suite of test/vscode/suite in a desktop VS Code: the one of STEPTRAP_VSCODE, else one that is
// installed. Nothing is downloaded.
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { SUITE_FOLDER } from '../test/vscode/walks/index.js';
import { findProgram, MissingError } from './vscode/installation.js';
import { bundleSuite } from './vscode/runSuite.js';
import { withFolder } from './vscode/workFolder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where the installers of VS Code put its program. */
const PLACES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['/usr/share/code/code', '/opt/visual-studio-code/code', '/usr/lib/code/code', '/snap/code/current/usr/share/code/code'],
  darwin: ['/Applications', join(homedir(), 'Applications')].map(folder => `${folder}/Visual Studio Code.app/Contents/MacOS/Electron`),
  win32: [process.env.LOCALAPPDATA, process.env.ProgramFiles].flatMap(folder =>
    folder === undefined ? [] : ['Programs/Microsoft VS Code/Code.exe', 'Microsoft VS Code/Code.exe'].map(path => join(folder, path)),
  ),
};

/** `code` of the PATH is a script in a folder `bin`; the program lies in the folder above. */
function behindScript(script: string): readonly string[] {
  const folder = dirname(dirname(realpathSync(script)));
  return ['code', 'Code.exe', '../../../MacOS/Electron', '../MacOS/Electron'].map(name => join(folder, name));
}

function findDesktop(): string {
  const given = process.env.STEPTRAP_VSCODE;
  if (given !== undefined) {
    if (existsSync(given)) return given;
    throw new MissingError(`STEPTRAP_VSCODE is '${given}', and there is no such file.`);
  }
  const script = findProgram(['code', 'code.cmd']);
  const candidates = [...(script === undefined ? [] : behindScript(script)), ...(PLACES[process.platform] ?? [])];
  const found = candidates.find(existsSync);
  if (found !== undefined) return found;
  throw new MissingError(
    'A desktop VS Code is missing: install it, or give the path of its program in STEPTRAP_VSCODE. "npm run test:vscode" needs none.',
  );
}

/** Runs the suite in a fresh user folder, with no other extension. */
async function main(): Promise<number> {
  const vscodeExecutablePath = findDesktop();
  const extensionTestsPath = await bundleSuite();
  const state = mkdtempSync(join(tmpdir(), 'steptrap-electron-'));
  try {
    return await withFolder(SUITE_FOLDER, folder =>
      runTests({
        vscodeExecutablePath,
        extensionDevelopmentPath: root,
        extensionTestsPath,
        launchArgs: [folder, '--disable-extensions', '--disable-workspace-trust', `--user-data-dir=${state}`],
      }),
    );
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof MissingError ? error.message : error);
  process.exitCode = 1;
}
