// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { powerSample, programOf, sample, walk } from './walk.js';

const PROGRAM = 'samples/vectors/vectors.ppc64le.O0.elf';
/** The first page of the user program's heap. */
const HEAP = '0x10030000';
const USER = 'samples/vectors/user.c';
const userLine = (words: string): number => lineOf('vectors/user.c', words);

walk(
  'ST-VSC-041 the memory map follows an address to physical memory entry by entry, before and after the guest maps it, and shows what is there',
  'web',
  { ...powerSample('vectors', PROGRAM), [USER]: { from: USER } },
  { program: `\${workspaceFolder}/${PROGRAM}`, kvm: 'hv', cpu: 'power9', stopOnEntry: false, stopAt: 'touch' },
  async bench => {
    const { editor, debugging, page } = bench;
    await debugging.start();
    await debugging.stoppedIn('touch');
    await bench.showOnly('Memory Map');
    const memory = bench.pane('Memory Map');
    await memory.row('RAM').and(page.getByLabel('from 0x0 to')).waitFor();
    await memory.row('$pc').and(page.getByLabel('<touch')).waitFor();
    await memory.titleAction('Translate Address');
    await bench.quickInput.fill(HEAP);
    await bench.quickInput.accept();
    await memory.open(HEAP);
    await memory.row('No translation was found').waitFor();

    // The guest maps the page when it reads from it, and lets itself write to it later.
    await bench.openFile(USER);
    await editor.goTo(userLine('protection fault'));
    await bench.press('F9');
    await bench.showOnly('Memory Map');
    await bench.press('F5');
    await memory.row(HEAP).and(page.getByLabel('in RAM')).waitFor();
    await memory.row(/SLB entry \d+: VSID/).waitFor();
    await memory.row('Problem state').filter({ hasText: 'read' }).waitFor();
    await memory.open('HPTE1');
    await memory.row('ARPN [4:51]').waitFor();
    await memory.rowAction(HEAP, 'Show in Memory Editor');
    await bench.webview('00 00 00 00').waitFor();
    await memory.rowAction(HEAP, 'Stop Following the Address');
    await memory.row(HEAP).waitFor({ state: 'hidden' });
  },
);

walk(
  'ST-VSC-042 the symbols of a module lead to their source and their instructions, get a breakpoint, and are found by a part of their name',
  'node',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: true },
  async bench => {
    const { editor, debugging, page } = bench;
    await debugging.start();
    await debugging.stoppedIn('_start');
    await bench.showOnly('Modules and Symbols');
    const modules = bench.pane('Modules and Symbols');
    await modules.row('counter.aarch64.O0.elf').filter({ hasText: 'debug information' }).waitFor();
    await modules.open('Functions');
    await modules.row('fibonacci').click();
    await editor.cursorAt(lineOf('counter/counter.c', 'fibonacci('));
    await modules.rowAction('fibonacci', 'Show Disassembly');
    await page.locator('.tab.active', { hasText: 'Disassembly' }).waitFor();
    await page.locator('.editor-instance .view-line', { hasText: '<fibonacci>' }).first().waitFor();
    await modules.menu('fibonacci', 'Add Function Breakpoint');
    await modules.titleAction('Find Symbol');
    await bench.quickInput.fill('CREME');
    await bench.quickInput.choose('increment');
    await editor.cursorAt(lineOf('counter/counter.c', 'increment('));
    await bench.showOnly('Breakpoints', 'Call Stack');
    await bench.pane('Breakpoints').row('fibonacci').waitFor();
    await bench.press('F5');
    await debugging.stoppedIn('fibonacci');
  },
);
