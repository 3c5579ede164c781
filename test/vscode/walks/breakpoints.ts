// SPDX-License-Identifier: MIT
import { oneBreakpointTooMany, REGISTERS } from './breakpointRegisters.js';
import { lineOf } from './sourceLines.js';
import { programOf, sample, walk } from './walk.js';

const SOURCE = 'samples/counter/counter.c';
const line = (words: string): number => lineOf('counter/counter.c', words);

walk(
  'ST-VSC-013 a breakpoint takes a condition, a hit count, a message, a column and a mode, or a function in place of a line',
  'node',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: false },
  async bench => {
    const { editor, debugging } = bench;
    await bench.openFile(SOURCE);
    await editor.goTo(line('call increment'));
    await bench.command('Debug: Add Conditional Breakpoint...');
    await editor.fillBreakpointBox('== 3', 'Hit Count');
    await editor.mark('conditional').first().waitFor();
    await editor.goTo(line('store counter'));
    await bench.command('Debug: Add Conditional Breakpoint...');
    await editor.fillBreakpointBox('delta == 4');
    await editor.mark('conditional').first().waitFor();
    await editor.goTo(line('call by pointer'));
    await bench.command('Debug: Add Logpoint...');
    await editor.fillBreakpointBox('the counter is {counter}');
    await editor.mark('log').first().waitFor();
    await debugging.start();
    await debugging.stoppedIn('main', line('call increment'));
    await bench.showOnly('Variables', 'Call Stack');
    await bench.pane('Variables').variable('i', '3').waitFor();
    await bench.press('F5');
    await debugging.stoppedIn('increment', line('store counter'));
    // The section shows the frame of the last stop for a moment.
    await bench.pane('Variables').variable('i', '3').waitFor({ state: 'detached' });
    await bench.pane('Variables').open('Arguments');
    await bench.pane('Variables').variable('delta', '4').waitFor();
    await debugging.printed('the counter is 6');

    await bench.showOnly('Breakpoints');
    const breakpoints = bench.pane('Breakpoints');
    await breakpoints.menu('counter.c', 'Edit Mode...');
    await bench.quickInput.choose('Engine');
    await breakpoints.row(/counter\.c.*Engine|Engine.*counter\.c/).waitFor();
    await breakpoints.titleAction('Add Function Breakpoint');
    await breakpoints.type('fibonacci');
    await breakpoints.row('fibonacci').waitFor();
    await bench.showOnly('Call Stack');
    await bench.press('F5');
    await debugging.stoppedIn('fibonacci');

    // The third of the three parts of the loop's line begins here.
    await editor.goTo(line('main loop'), 30);
    await bench.command('Debug: Inline Breakpoint');
    await editor.columnMark().first().waitFor();
    await debugging.button('restart').click();
    await debugging.stoppedIn('main', line('main loop'));
  },
);

walk(
  'ST-VSC-014 a hardware breakpoint names its slot, one too many says who has the registers, and the view of them leads to each breakpoint',
  'node',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: true, breakpointMode: 'hardware' },
  async bench => {
    const { editor } = bench;
    const { first, registers } = await oneBreakpointTooMany(bench);
    await bench.showOnly('Breakpoints');
    const surplus = bench.pane('Breakpoints').unverified('counter.c');
    await surplus.waitFor();
    await bench.openFile(SOURCE);
    await editor.goTo(first);
    await (await editor.hoverMark('unverified', `${REGISTERS} of ${REGISTERS} hardware breakpoints`)).waitFor();
    await (await editor.hoverMark('breakpoint', 'hardware breakpoint, in slot')).waitFor();

    await bench.showOnly('Debug Registers');
    await registers.row('Breakpoint 3').click();
    await editor.cursorAt(first + 3);
    await registers.open('Breakpoint 3');
    await registers.row('DBGBCR3_EL1').waitFor();
    await registers.row(/E \[0\]\s*= 1 \(enabled\)/).waitFor();
  },
);
