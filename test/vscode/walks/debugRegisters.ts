// SPDX-License-Identifier: MIT
import { oneBreakpointTooMany, REGISTERS } from './breakpointRegisters.js';
import { lineOf } from './sourceLines.js';
import { powerSample, programOf, sample, walk } from './walk.js';

const SOURCE = 'samples/counter/counter.c';
const line = (words: string): number => lineOf('counter/counter.c', words);

walk(
  'ST-VSC-044 with all breakpoint registers in use the view says so, a breakpoint leaves its register by a click, and a register of the guest takes a value or a sentence says why not',
  'web',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: true, breakpointMode: 'hardware' },
  async bench => {
    const { debugging, quickInput } = bench;
    const { first, registers } = await oneBreakpointTooMany(bench);
    await bench.page.getByText(`All ${REGISTERS} breakpoint registers are in use.`).first().waitFor();

    // The one that was refused gets the register, and those behind it move up.
    await registers.rowAction('Breakpoint 2', 'Move Breakpoint to the Engine');
    await registers.row(new RegExp(`Breakpoint 5.*counter\\.c:${first + REGISTERS}`)).waitFor();
    await registers.rowAction(`${REGISTERS} of ${REGISTERS} in use`, 'Free a Breakpoint Register');
    await quickInput.choose(/breakpoint register 0.*trap word/);
    await registers.row(`${REGISTERS - 1} of ${REGISTERS} in use`).waitFor();
    await registers.row('1 in memory').waitFor();

    await registers.rowAction('MDSCR_EL1', 'Edit Value');
    await quickInput.fill('0x2000');
    await quickInput.accept();
    await registers.row(/MDSCR_EL1.*0x2000.*KDE/).waitFor();

    // What cannot be done is refused by a sentence that says why, and changes nothing.
    await registers.rowAction('MDSCR_EL1', 'Edit Value');
    await quickInput.fill('nonsense');
    await quickInput.accept();
    await bench.notified('"nonsense" is not a number that MDSCR_EL1 could take.');
    await registers.row(/MDSCR_EL1.*0x2000.*KDE/).waitFor();
    await registers.open('Breakpoint 0');
    await registers.rowAction('DBGBVR0_EL1', 'Edit Value');
    await quickInput.fill('0x40080000');
    await quickInput.accept();
    await bench.notified(/DBGBVR0_EL1 is in use by .*: change or move that breakpoint instead\./);
    await debugging.stop();
  },
);

const PROGRAM = 'samples/counter/counter.ppc64le.O0.elf';

walk(
  'ST-VSC-045 on POWER the debug registers show MSR, CIABR, DAWR, the single step and the trap words',
  'web',
  powerSample('counter', PROGRAM),
  { program: `\${workspaceFolder}/${PROGRAM}`, stopOnEntry: false },
  async bench => {
    const { editor, debugging } = bench;
    await bench.openFile(SOURCE);
    await editor.goTo(line('store counter'));
    await bench.press('F9');
    await debugging.start();
    await debugging.stoppedIn('increment', line('store counter'));
    await bench.press('Shift+Alt+F11');
    await bench.showOnly('Debug Registers');
    const registers = bench.pane('Debug Registers');
    await registers.row('0 of 1 in use').waitFor();
    await registers.open('Watchpoint 0');
    await registers.row('DAWRX0').waitFor();
    await registers.close('Watchpoint 0');
    await registers.open(/^MSR/);
    await registers.row(/SE \[53\]\s*= 0 \(disabled\)/).waitFor();
    await registers.close(/^MSR/);
    await registers.row(/CIABR.*free/).waitFor();
    await registers.open('Single step');
    await registers.row(/Trace vector.*0xd00.*IR=0 DR=0/).waitFor();
    await registers.open('Trap words');
    await debugging.stop();
  },
);
