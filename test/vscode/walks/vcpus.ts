// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { lineOf } from './sourceLines.js';
import { programOf, sample, walk } from './walk.js';

walk(
  'ST-VSC-020 of ten vCPUs four stop together, one is stepped, frozen and thawed alone by button, key and menu, and scheduler locking is seen and set',
  'node',
  sample('smp', 'secondary.S', 'smp.h'),
  { program: programOf('smp'), stopOnEntry: false, smp: 10 },
  async bench => {
    const { editor, debugging } = bench;
    const line = lineOf('smp/smp.c', 'store shared counter');
    await bench.openFile('samples/smp/smp.c');
    await editor.goTo(line);
    await editor.clickGutter(line);
    await debugging.start();
    await debugging.stoppedIn('raise_counter', line);
    await debugging.callStackRow('Thread vCPU 0 (EL1h, stopped) Breakpoint').waitFor();

    await bench.showOnly('Call Stack', 'vCPUs');
    await debugging.callStackRow('Thread vCPU 3').waitFor();
    const vcpus = bench.pane('vCPUs');
    await vcpus.row(`raise_counter smp.c:${line}`).waitFor();
    await vcpus.row('vCPU 1').and(bench.page.getByLabel('secondary.S:13')).waitFor();
    // Those that are off are one row.
    await vcpus.row('vCPUs 4–9').and(bench.page.getByLabel('6 alike')).waitFor();
    await vcpus.rowAction('vCPU 1', 'Step Over, This vCPU Only');
    await vcpus.row('vCPU 1').and(bench.page.getByLabel('secondary.S:14')).waitFor();
    await vcpus.row('vCPU 2').and(bench.page.getByLabel('secondary.S:13')).waitFor();
    await vcpus.rowAction('vCPU 2', 'Freeze vCPU');
    await vcpus.row('vCPU 2').and(bench.page.getByLabel('frozen')).waitFor();
    const callStack = bench.pane('Call Stack');
    await callStack.menu('vCPU 2', 'Thaw vCPU');
    await vcpus.row('vCPU 2').and(bench.page.getByLabel('held')).waitFor();
    // A click shows the vCPU, and the keys are for it alone. The view keeps the focus.
    await vcpus.row('vCPU 2').click();
    await debugging.callStackRow('Thread vCPU 2').and(bench.page.locator('[aria-expanded="true"]')).waitFor();
    await bench.idle();
    await bench.press('F10');
    await vcpus.row('vCPU 2').and(bench.page.getByLabel('secondary.S:14')).waitFor();
    await vcpus.row('vCPU 3').and(bench.page.getByLabel('secondary.S:13')).waitFor();
    await bench.idle();
    await bench.press('F9');
    await vcpus.row('vCPU 2').and(bench.page.getByLabel('frozen')).waitFor();
    await bench.press('F9');
    await vcpus.row('vCPU 2').and(bench.page.getByLabel('stopped')).waitFor();

    await vcpus.title.getByText('scheduler locking: step').waitFor();
    await debugging.toolbar.locator('.action-label[aria-label^="Scheduler Locking: Step"]').click();
    await bench.quickInput.choose('Only the vCPU that is stepped or continued runs.');
    await debugging.toolbar.locator('.action-label[aria-label^="Scheduler Locking: On"]').waitFor();
    await vcpus.title.getByText('scheduler locking: on').waitFor();
    await callStack.row('vCPU 2').click({ button: 'right' });
    await bench.menuEntry('Freeze vCPU').waitFor();
    assert.equal(await bench.menuEntry('Thaw vCPU').count(), 0, 'there is a vCPU to thaw');
    await bench.chooseFromMenu('Set Scheduler Locking…');
    await bench.quickInput.choose('All vCPUs run, whichever one is stepped or continued.');
    await vcpus.title.getByText('scheduler locking: off').waitFor();
  },
);
