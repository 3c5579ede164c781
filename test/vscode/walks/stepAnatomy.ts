// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { powerSample, walk } from './walk.js';

const PROGRAM = 'samples/counter/counter.ppc64le.O0.elf';

/** Behind the marks of the step. */
const TAB_STOPS = [
  'export',
  'log-text',
  'log-filter',
  'log-previous',
  'log-next',
  'kind-call',
  'kind-run',
  'kind-read',
  'kind-preemption',
  'log-rows',
];

/** Rows that may be drawn above and below those that are seen, and one that is cut. */
const MARGIN = 18;

walk(
  'ST-VSC-040 a step under KVM-HV is drawn, the log beside it is filtered, an entry leads to the disassembly and back, all of it by keys, and the view is found as it was left',
  'web',
  powerSample('counter', PROGRAM),
  { program: `\${workspaceFolder}/${PROGRAM}`, kvm: 'hv', stopOnEntry: false, stopAt: 'main' },
  async bench => {
    const { debugging, anatomy, page } = bench;
    await debugging.start();
    await debugging.stoppedIn('main');
    await anatomy.open();
    await anatomy.page.getByText('vCPU 0 has not stepped yet.').waitFor();
    for (let steps = 0; steps < 4; steps++) await anatomy.stepAndShow();
    await anatomy.page.locator('#step-place', { hasText: /<main\+0x\w+>/ }).waitFor();
    await anatomy.mark('Trap word at 0xd00').waitFor();
    await anatomy.mark('MSR[SE] ← 1').waitFor();
    await anatomy.mark('Trace interrupt').waitFor();
    await anatomy.mark('KVM_EXIT_DEBUG').waitFor();
    await anatomy.page.getByText('Why the trap is at 0xd00').waitFor();

    // Values by the keyboard, and from a mark to its entry of the log.
    await anatomy.mark('MSR[SE] ← 1').click();
    await anatomy.page.locator('#card', { hasText: 'SE [53]' }).waitFor();
    await bench.press('l');
    await anatomy.page.locator('.entry.of-step[aria-selected="true"]', { hasText: 'KVM_SET_REGS' }).waitFor();

    // By keys, in the order of the page, each stop with a name and seen; and what a screen reader says of rows.
    await bench.press('ArrowDown');
    await anatomy.page.locator('.row.mark:focus', { hasText: 'KVM_RUN' }).waitFor();
    await anatomy.page.getByRole('listbox', { name: 'What was done in the step, in order' }).waitFor();
    await anatomy.page.getByRole('option', { name: /Debugger → Guest, MSR\[SE\] ← 1, .*MSR 0x\w+ → 0x\w+/ }).waitFor();
    assert.deepEqual(
      await anatomy.tabStops(TAB_STOPS.length),
      TAB_STOPS.map(id => ({ id, isNamed: true, isSeen: true })),
    );
    await bench.press('End', 'ArrowUp');
    const active = await anatomy.page.locator('#log-rows').getAttribute('aria-activedescendant');
    await anatomy.page.locator(`#${active}[aria-selected="true"][aria-label*="KVM_"]`).waitFor();

    await anatomy.button('Reads').click();
    await anatomy.entry('KVM_GET_REGS').waitFor();
    const { drawn, seen, all } = await anatomy.rowCounts();
    assert.ok(drawn <= seen + MARGIN && drawn <= all, `${drawn} rows are drawn, ${seen} are seen of ${all}`);
    await anatomy.filter('exit_debug');
    await anatomy.page.locator('#log-summary', { hasText: /^4 of \d+ entries$/ }).waitFor();
    for (const text of await anatomy.entries().allTextContents()) assert.match(text, /KVM_EXIT_DEBUG/);

    await anatomy.entry('KVM_EXIT_DEBUG').locator('.place').click();
    await page.locator('.tab.active', { hasText: 'Disassembly' }).waitFor();
    await page.locator('.editor-instance .view-line', { hasText: '0x0000000000000d00' }).first().waitFor();
    await bench.command('Steptrap: Show Step Anatomy');
    await anatomy.page.locator('#log-rows:focus .entry[aria-selected="true"]', { hasText: 'KVM_EXIT_DEBUG' }).waitFor();
    await anatomy.button('Export as Text').click();
    await page.locator('.editor-instance .view-line', { hasText: 'vCPU 0: one step, by POWER HV Trace' }).first().waitFor();

    // The exported text lies over the view.
    await bench.command('Steptrap: Show Step Anatomy');
    await anatomy.page.locator('#log-summary', { hasText: /^4 of \d+ entries$/ }).waitFor();
    assert.equal(await anatomy.page.locator('#log-text').inputValue(), 'exit_debug');
    assert.equal(await anatomy.button('Reads').getAttribute('aria-pressed'), 'true');
    await debugging.stop();
  },
);
