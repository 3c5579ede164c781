// SPDX-License-Identifier: MIT
// usage: node out/scripts/screenshots.js [scene or picture …]: takes the pictures of docs/images/ in a real workbench: each scene in light, dark and
// high contrast, or one picture by its name, vcpus-dark. Look at them before you commit them.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Folder, SCENES, type Scene } from '../test/vscode/walks/index.js';
import { Workbench } from '../test/vscode/workbench/index.js';
import { startBrowser } from './vscode/browser.js';
import { startNodeHost } from './vscode/hosts.js';
import { installAll, MissingError } from './vscode/installation.js';
import { endProcessesWithThisOne } from './vscode/ownProcesses.js';
import { withFolder } from './vscode/workFolder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const VIEWPORT = { width: 1800, height: 1080 };

/** The themes that every VS Code has, by the word in the picture's name. */
const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern', 'high-contrast': 'Default High Contrast' } as const;

/** The folder's own settings: the theme, and what makes a picture calm. */
function settings(theme: string): Folder {
  const values = {
    'workbench.colorTheme': theme,
    'breadcrumbs.enabled': false,
    'editor.fontSize': 12,
    'editor.cursorBlinking': 'solid',
    // Else a session that starts before the status bar listens has no entry in it.
    'debug.showInStatusBar': 'always',
  };
  return { '.vscode/settings.json': { text: JSON.stringify(values) } };
}

async function main(): Promise<void> {
  endProcessesWithThisOne();
  const wanted = process.argv.slice(2);
  const logs = join(root, 'out', 'screenshots');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  mkdirSync(join(root, 'docs', 'images'), { recursive: true });
  const installation = installAll();
  const host = await startNodeHost(installation, logs);
  // One for all pictures: each page but the first has what it loads from the cache.
  const browser = await startBrowser(installation.chromium, VIEWPORT);
  const take = async (scene: Scene, word: string, theme: string): Promise<void> => {
    await withFolder({ ...scene.folder, ...settings(theme) }, async folder => {
      const served = await host.serve({ folder });
      const opened = await browser.open(served);
      try {
        const bench = new Workbench(opened.page, host.kind);
        await bench.ready();
        await scene.run(bench);
        // The status bar gets its entry and its colour when nothing else is left to do.
        await bench.statusItem('Guest').waitFor();
        await bench.idle();
        // The pointer's shape is not in the picture, what it lights up is.
        await opened.page.mouse.move(VIEWPORT.width / 2, 2);
        await opened.page.screenshot({
          path: join(root, 'docs', 'images', `${scene.name}-${word}.png`),
          animations: 'disabled',
          caret: 'hide',
        });
        console.log(`docs/images/${scene.name}-${word}.png`);
      } catch (error) {
        await opened.keep(join(logs, `${scene.name}-${word}`));
        throw error;
      } finally {
        await opened.close();
        await served.end();
      }
    });
  };
  try {
    const isWanted = (...names: readonly string[]): boolean => wanted.length === 0 || names.some(name => wanted.includes(name));
    for (const scene of SCENES)
      for (const [word, theme] of Object.entries(THEMES)) if (isWanted(scene.name, `${scene.name}-${word}`)) await take(scene, word, theme);
  } finally {
    await browser.close();
    await host.end();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof MissingError ? error.message : error);
  process.exitCode = 1;
}
