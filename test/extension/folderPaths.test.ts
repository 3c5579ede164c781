// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withFolderUris, withUrisForPaths } from '../../src/extension/launch/folderPaths.js';

// biome-ignore lint/suspicious/noTemplateCurlyInString: variables of launch files.
const [FOLDER, NAMED, ROOT, ENV] = ['${workspaceFolder}', '${workspaceFolder:other}', '${workspaceRoot}', '${env:HOME}'];
const VIRTUAL = { name: 'mount', path: 'vscode-vfs://github/owner/repository' };
const LOCAL = { name: 'other', path: '/home/user/other' };

test('ST-EXT-020 the variable of a folder that is in no file system becomes its URI, wherever it stands', () => {
  const given = { program: `${FOLDER}/a.elf`, symbolFiles: [{ path: `${ROOT}/b.elf` }], sourceMap: { [FOLDER]: FOLDER }, smp: 2 };
  assert.deepEqual(withFolderUris(given, VIRTUAL, [VIRTUAL, LOCAL]), {
    program: `${VIRTUAL.path}/a.elf`,
    symbolFiles: [{ path: `${VIRTUAL.path}/b.elf` }],
    sourceMap: { [FOLDER]: VIRTUAL.path },
    smp: 2,
  });
});

test('ST-EXT-021 variables of local and unknown folders, and other variables, are left to the editor', () => {
  const given = { program: `${NAMED}/a.elf`, append: ENV };
  assert.deepEqual(withFolderUris(given, VIRTUAL, [VIRTUAL, LOCAL]), given);
  assert.deepEqual(withFolderUris({ program: FOLDER }, LOCAL, [LOCAL]), { program: FOLDER });
  assert.deepEqual(withFolderUris({ program: FOLDER }, undefined, []), { program: FOLDER });
});

test('ST-EXT-022 absolute paths of files and sources get the URI of the folder, texts and relative paths do not', () => {
  const moved = (path: string): string => `test:/${path}`;
  const given = {
    program: '/a.elf',
    initrd: 'b.cpio',
    append: '/init',
    stopAt: '/x',
    symbolFiles: ['/c.elf', { path: '/d.elf', address: '0x0' }],
    sourceMap: { '/build': '/src' },
  };
  assert.deepEqual(withUrisForPaths(given, moved), {
    ...given,
    program: 'test://a.elf',
    symbolFiles: ['test://c.elf', { path: 'test://d.elf', address: '0x0' }],
    sourceMap: { '/build': 'test://src' },
  });
});
