// SPDX-License-Identifier: MIT
import { extensions } from 'vscode';
import { ok } from './expect.js';

test('ST-VSC-001 the extension is installed and activates', async () => {
  const extension = extensions.getExtension('steptrap.steptrap');
  ok(extension !== undefined, 'there is no extension steptrap.steptrap');
  await extension.activate();
  ok(extension.isActive, 'it did not become active');
});
