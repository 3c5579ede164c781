// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { programOf, sample, walk } from './walk.js';

walk(
  'ST-VSC-015 a data breakpoint of a variable or of an address stops at the access to it',
  'web',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: false, stopAt: 'main' },
  async bench => {
    const { debugging } = bench;
    await debugging.start();
    await debugging.stoppedIn('main');
    await bench.showOnly('Variables');
    const variables = bench.pane('Variables');
    await variables.open('Globals');
    await variables.menu('counter =', 'Break on Value Change');
    await bench.showOnly('Breakpoints');
    const breakpoints = bench.pane('Breakpoints');
    await breakpoints.row(/^counter \(4 bytes at 0x[0-9a-f]+\)/).waitFor();
    await bench.showOnly('Call Stack');
    await bench.press('F5');
    await debugging.stoppedIn('increment', lineOf('counter/counter.c', 'store counter') + 1);
    await bench.pane('Call Stack').title.getByText('counter: 0 → 1').waitFor();

    const address = /0x[0-9a-f]+/.exec(await (await debugging.evaluate('&heartbeat', /0x[0-9a-f]+/)).innerText())?.[0] ?? 'no address';
    await bench.showOnly('Breakpoints');
    await breakpoints.menu(/^counter \(/, 'Remove Breakpoint');
    await breakpoints.titleAction('Add Data Breakpoint at Address');
    await bench.quickInput.fill(`${address} + 4`);
    await bench.quickInput.accept();
    await bench.quickInput.choose('write');
    await breakpoints.row(`4 bytes at ${address}`).waitFor();
    await bench.showOnly('Call Stack');
    await bench.press('F5');
    await debugging.stoppedIn('observe', lineOf('counter/counter.c', 'store heartbeat') + 1);
  },
);

walk(
  'ST-VSC-016 a kind of vectors that is ticked, with a condition, stops the guest at the exception, which is told in words',
  'node',
  sample('svc', 'user.S', 'user.c', 'user.h', 'vectors.S'),
  { program: programOf('svc'), stopOnEntry: true },
  async bench => {
    const { debugging } = bench;
    await debugging.start();
    await debugging.stoppedIn('_start');
    await bench.showOnly('Breakpoints');
    const breakpoints = bench.pane('Breakpoints');
    await breakpoints.tick('Synchronous exceptions');
    await breakpoints.menu('Synchronous exceptions', 'Edit Condition...');
    await breakpoints.type('$spsr_el1.M == 0');
    await bench.showOnly('Call Stack');
    await bench.press('F5');
    await debugging.stoppedIn('exception_vectors');
    await bench.pane('Call Stack').title.getByText('SVC from EL0t').waitFor();
    // The frames below come later than the first one and move the rows.
    await debugging.callStackRow('Stack Frame say').waitFor();
    await debugging.chooseFrame('exception_vectors');
    await debugging.exceptionWidget.getByText('SVC from EL0t').first().waitFor();
    await bench.showOnly('Breakpoints');
    await breakpoints.tick('Synchronous exceptions');
    await bench.press('F5');
    await debugging.ended();
  },
);
