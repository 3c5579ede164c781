// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { powerSample, walk } from './walk.js';

const line = (words: string): number => lineOf('counter/counter.c', words);
const PROGRAM = 'samples/counter/counter.ppc64.O0.elf';

walk(
  'ST-VSC-023 a big-endian POWER guest under KVM-PR stops at a breakpoint, is stepped, and shows its registers and instructions',
  powerSample('counter', PROGRAM),
  { program: `\${workspaceFolder}/${PROGRAM}`, kvm: 'pr', stopOnEntry: false },
  async bench => {
    const { editor, debugging, disassembly } = bench;
    await bench.openFile('samples/counter/counter.c');
    await editor.goTo(line('store counter'));
    await editor.clickGutter(line('store counter'));
    await debugging.start();
    await debugging.stoppedIn('increment', line('store counter'));
    await debugging.callStackRow('Stack Frame main').waitFor();
    await bench.press('F10');
    await debugging.stoppedIn('increment', line('store counter') + 1);
    await bench.showOnly('Variables', 'Call Stack');
    const variables = bench.pane('Variables');
    await variables.open('Arguments');
    await variables.variable('delta', '1').waitFor();
    await variables.open('System');
    await variables.variable('lpcr').waitFor();
    await variables.close('System');
    await disassembly.open();
    await disassembly.current().filter({ hasText: '<increment+' }).waitFor();
    await disassembly.row(/<increment\+0x\w+> (lwz|stw|addi|ld)/).waitFor();
    await debugging.stop();
  },
);
