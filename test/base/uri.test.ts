// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUri, uriRoot } from '../../src/base/index.js';

test('ST-EXT-023 whole URIs are told from paths, with and without an authority', () => {
  for (const [path, root] of [
    ['vscode-vfs://github/owner/repository/a.c', 'vscode-vfs://github'],
    ['vscode-test-web://mount', 'vscode-test-web://mount'],
    ['vscode-userdata:/User/a.elf', 'vscode-userdata:'],
    ['file:///home/a.elf', 'file://'],
  ] as const)
    assert.deepEqual([isUri(path), uriRoot(path)], [true, root]);
  for (const path of ['/home/a.elf', 'a/b.elf', './a:b.elf', 'C:\\a.elf', 'c:/a.elf', 'counter.c:12', '']) assert.equal(isUri(path), false);
});
