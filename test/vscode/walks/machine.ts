// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { programOf, sample, walk } from './walk.js';

walk(
  'ST-VSC-042 the symbols of a module lead to their source and their instructions, get a breakpoint, and are found by a part of their name',
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
