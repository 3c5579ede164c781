// SPDX-License-Identifier: MIT
import { type TextDocument, type Uri, workspace } from 'vscode';
import { equal } from './expect.js';
import { fileOf } from './guestSession.js';

const AARCH64 = 'steptrap-aarch64';

const POWER = 'steptrap-power';

/** The language of `document` once it is one of ours; what it is after all if the editor does not tell of that. */
const language = (document: TextDocument): Promise<string> =>
  new Promise(resolve => {
    if ([AARCH64, POWER].includes(document.languageId)) return resolve(document.languageId);
    const listener = workspace.onDidOpenTextDocument(opened => {
      if (opened.uri.toString() !== document.uri.toString() || opened.languageId === 'plaintext') return;
      listener.dispose();
      resolve(opened.languageId);
    });
  });

test('ST-VSC-060 AArch64 and POWER assembly that no other extension claims gets its grammar', async () => {
  equal(await language(await workspace.openTextDocument(fileOf('samples/start/aarch64.S'))), AARCH64, 'the language of the start code');
  equal(await language(await workspace.openTextDocument(fileOf('samples/smp/secondary.power64.S'))), POWER, 'the language of the lock');
});

/** A new file in the open folder, removed after the test. */
async function write(name: string, text: string): Promise<Uri> {
  const uri = fileOf(name);
  await workspace.fs.writeFile(
    uri,
    Uint8Array.from(text, character => character.charCodeAt(0)),
  );
  written.push(uri);
  return uri;
}
const written: Uri[] = [];

teardown(async () => {
  for (const uri of written.splice(0)) await workspace.fs.delete(uri);
});

test('ST-VSC-061 assembly of another architecture, and a source in another language, keep their language', async () => {
  const other = await workspace.openTextDocument(await write('other.S', '\tmovq %rax, %rbx\n\tret\n'));
  const source = await workspace.openTextDocument(fileOf('samples/counter/counter.c'));
  // Opened and adopted after them, so that theirs would have happened by now.
  await language(await workspace.openTextDocument(await write('own.S', '\tmov x0, x1\n\tret\n')));
  equal([other.languageId, source.languageId], ['plaintext', 'c'], 'the languages');
});
