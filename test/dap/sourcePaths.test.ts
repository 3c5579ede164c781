// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Files, success, unreadable } from '../../src/base/index.js';
import { SourcePaths } from '../../src/dap/sourcePaths.js';

/** A file system in which only these paths are files. */
const only = (...paths: readonly string[]): Files => ({
  read: async path => (paths.includes(path) ? success(new Uint8Array()) : unreadable(path, 'ENOENT')),
});

test('ST-EXT-024 a relative source is found above a program that is named by a URI, up to the root of the URI and no further', async () => {
  for (const root of ['vscode-vfs://github/owner', 'vscode-test-web://mount', 'vscode-userdata:/User']) {
    const asked: string[] = [];
    const files = only(`${root}/src/a.c`);
    const watched: Files = { read: path => (asked.push(path), files.read(path)) };
    const paths = await SourcePaths.find(watched, `${root}/build/out/a.elf`, ['./src/a.c'], undefined);
    assert.equal(paths.toClient('./src/a.c'), `${root}/src/a.c`);
    assert.equal(paths.toDebug(`${root}/src/a.c`), './src/a.c');
    await SourcePaths.find(watched, `${root}/build/out/a.elf`, ['./none.c'], undefined);
    for (const path of asked) assert.match(path, /^[a-z-]+:(\/\/[a-z-]+)?\/[^/]/);
  }
});

test('ST-EXT-025 a source map applies to a debug path with and without its leading dot', async () => {
  for (const from of ['./src', 'src']) {
    const paths = await SourcePaths.find(only(), '/p/a.elf', ['./src/a.c'], { [from]: 'vscode-vfs://github/x' });
    assert.equal(paths.toClient('./src/a.c'), 'vscode-vfs://github/x/a.c');
  }
});

test('ST-EXT-026 a key of the source map stands for whole names of folders and files', async () => {
  const paths = await SourcePaths.find(only(), '/p/a.elf', ['/src/smp/a.c', '/src/smp2/a.c', '/src/one.c'], {
    '/src/smp': '/here',
    '/src/one.c': '/there/two.c',
  });
  assert.deepEqual(
    ['/src/smp/a.c', '/src/smp2/a.c', '/src/one.c'].map(path => paths.toClient(path)),
    ['/here/a.c', '/src/smp2/a.c', '/there/two.c'],
  );
});
