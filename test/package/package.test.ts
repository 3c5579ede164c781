// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listFiles, PackageManager } from '@vscode/vsce';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as Readonly<Record<string, unknown>>;

test('ST-PKG-001 the package has exactly the files of the committed list', async () => {
  const files = await listFiles({ cwd: ROOT, packageManager: PackageManager.None });
  const expected = read('test/package/contents.txt').trim().split('\n');
  assert.deepEqual(
    {
      'in the package, not in test/package/contents.txt': files.filter(file => !expected.includes(file)),
      'in test/package/contents.txt, not in the package (.vscodeignore)': expected.filter(file => !files.includes(file)),
    },
    { 'in the package, not in test/package/contents.txt': [], 'in test/package/contents.txt, not in the package (.vscodeignore)': [] },
  );
});

test('ST-PKG-002 the package is made, has at most 3 MB, all files of the list and of the manifest, and no source map', () => {
  const folder = mkdtempSync(join(tmpdir(), 'steptrap-package-'));
  try {
    const path = join(folder, 'steptrap.vsix');
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'out/scripts/package/makePackage.js'), path], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
    const size = Number(/steptrap\.vsix: (\d+) bytes/.exec(stdout)?.[1]);
    assert.ok(size > 100_000 && size <= 3_000_000, String(size));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  // What was packed still lies where it was gathered.
  for (const name of ['README.md', 'CHANGELOG.md'])
    assert.doesNotMatch(read(`out/package/${name}`).replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, ''), /\]\((?!https?:|#|mailto:|data:)/, name);
  const packed = JSON.parse(read('out/package/package.json')) as Readonly<Record<string, unknown>>;
  for (const field of ['private', 'scripts', 'devDependencies', 'dependencies']) assert.equal(packed[field], undefined, field);
  assert.match(
    read('out/package/dist/ThirdPartyNotices.txt'),
    /@vscode\/debugadapter 1\.\d+\.\d+ \(MIT\)[\s\S]*Permission is hereby granted/,
  );
});

test('ST-PKG-003 every text that the manifest refers to is in package.nls.json, and no other text is there', () => {
  const used = new Set([...read('package.json').matchAll(/"%([\w.-]+)%"/g)].map(([, key = '']) => key));
  assert.deepEqual(Object.keys(JSON.parse(read('package.nls.json')) as object).sort(), [...used].sort());
});

test('ST-PKG-004 the manifest is as the marketplace takes it: known categories, at most 30 keywords, a square PNG of 128 pixels or more', () => {
  const KNOWN = ['Debuggers', 'Programming Languages', 'Education', 'Testing', 'Visualization', 'Other'];
  const { categories, keywords, icon, pricing, publisher, preview } = manifest;
  assert.ok(Array.isArray(categories) && categories.length > 0);
  for (const category of categories) assert.ok(KNOWN.includes(String(category)), String(category));
  assert.ok(Array.isArray(keywords) && keywords.length <= 30);
  assert.deepEqual({ pricing, publisher, preview }, { pricing: 'Free', publisher: 'steptrap', preview: true });
  // PNG (ISO/IEC 15948): IHDR is the first chunk, its width and height lie at 16 and 20.
  const png = readFileSync(join(ROOT, String(icon)));
  assert.equal(png.toString('latin1', 1, 4), 'PNG');
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  assert.ok(width >= 128 && width === height, `${width} x ${height}`);
});

/** Function keys of VS Code (1.139) that are the editor's wherever a source is looked at. */
const KEYS_OF_THE_EDITOR = ['f5', 'f6', 'f7', 'f8', 'f9', 'f10', 'f11', 'f12']
  .flatMap(key => [key, `shift+${key}`])
  .concat([
    'alt+f5',
    'alt+f8',
    'alt+f9',
    'alt+f10',
    'alt+f12',
    'ctrl+f5',
    'ctrl+f9',
    'ctrl+f11',
    'ctrl+f12',
    'ctrl+shift+f5',
    'ctrl+shift+f9',
  ])
  .concat(['ctrl+shift+f10', 'ctrl+shift+f12', 'shift+alt+f5', 'shift+alt+f7', 'shift+alt+f8', 'shift+alt+f9', 'shift+alt+f12']);

test('ST-PKG-005 outside of our views no key of ours is one of the editor, and each holds only while a guest is stopped', () => {
  const { keybindings } = manifest['contributes'] as { keybindings: readonly { key: string; when: string }[] };
  for (const { key, when } of keybindings.filter(each => !each.when.includes('focusedView == steptrap.'))) {
    assert.ok(!KEYS_OF_THE_EDITOR.includes(key), key);
    assert.match(when, /debugType == steptrap && debugState == stopped/);
  }
});

test('ST-PKG-006 the extension runs from the start only in a workspace that names AArch64 or POWER, and else when debugging begins', () => {
  const events = manifest['activationEvents'] as readonly string[];
  for (const event of events) assert.match(event, /^onDebug|^workspaceContains:.*\{aarch64,arm64,p/);
});
