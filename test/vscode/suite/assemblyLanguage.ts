// SPDX-License-Identifier: MIT
import { type TextDocument, Uri, workspace } from 'vscode';
import { equal } from './expect.js';
import { fileOf, folder } from './guestSession.js';

const AARCH64 = 'steptrap-aarch64';

/** The language of `document` once it is `language`; what it is after all if the editor does not tell of that. */
const language = (document: TextDocument): Promise<string> =>
  new Promise(resolve => {
    if (document.languageId === AARCH64) return resolve(AARCH64);
    const listener = workspace.onDidOpenTextDocument(opened => {
      if (opened.uri.toString() !== document.uri.toString() || opened.languageId === 'plaintext') return;
      listener.dispose();
      resolve(opened.languageId);
    });
  });

test('ST-VSC-060 AArch64 assembly that no other extension claims gets the grammar', async () => {
  equal(await language(await workspace.openTextDocument(fileOf('samples/start/aarch64.S'))), AARCH64, 'the language of the start code');
});

test('ST-VSC-061 assembly of another architecture, and a source in another language, keep their language', async () => {
  const other = Uri.joinPath(folder().uri, 'other.S');
  await workspace.fs.writeFile(
    other,
    Uint8Array.from('\tmovq %rax, %rbx\n\tret\n', character => character.charCodeAt(0)),
  );
  try {
    const [assembly, text] = [
      await workspace.openTextDocument(other),
      await workspace.openTextDocument(fileOf('samples/counter/counter.c')),
    ];
    // Opened and adopted after them, so that theirs would have happened by now.
    await language(await workspace.openTextDocument(fileOf('samples/svc/vectors.S')));
    equal([assembly.languageId, text.languageId], ['plaintext', 'c'], 'the languages');
  } finally {
    await workspace.fs.delete(other);
  }
});
