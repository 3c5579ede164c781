// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { powerSample, walk } from './walk.js';

const line = (words: string): number => lineOf('counter/counter.c', words);
const PROGRAM = 'samples/counter/counter.ppc64.O0.elf';

walk(
  'ST-VSC-023 a big-endian POWER guest under KVM-PR stops at a breakpoint, is stepped, and shows its registers and instructions',
  'node',
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

const LITTLE_ENDIAN = 'samples/vectors/vectors.ppc64le.O0.elf';
const kernelLine = (words: string): number => lineOf('vectors/vectors.c', words);

walk(
  'ST-VSC-024 a little-endian POWER guest under KVM-HV is stepped over, into, out and by instruction, in an interrupt handler too, and a Trace step is drawn',
  'web',
  powerSample('vectors', LITTLE_ENDIAN),
  { program: `\${workspaceFolder}/${LITTLE_ENDIAN}`, kvm: 'hv', stopOnEntry: false },
  async bench => {
    const { editor, debugging } = bench;
    const [first, handler] = [kernelLine('first statement'), kernelLine('handle */')];
    await bench.openFile('samples/vectors/vectors.c');
    await editor.goTo(first);
    await editor.clickGutter(first);
    await debugging.start();
    await debugging.stoppedIn('main', first);
    await bench.press('F11');
    await debugging.stoppedIn('console_open');
    await bench.press('Shift+F11');
    // The instruction behind the call belongs to its line.
    await debugging.stoppedIn('main', first);
    await bench.press('F10');
    await debugging.stoppedIn('main', first + 1);

    // The guest has its own instructions traced here: its Trace interrupt comes to its handler, and not the one of the steps.
    await editor.goTo(handler);
    await bench.press('F9');
    await bench.press('F5');
    await debugging.stoppedIn('handle_interrupt', handler);
    await debugging.paused();
    await debugging.evaluate('p/x frame->vector', '0xd00');
    await bench.command('View: Focus Active Editor Group');
    await bench.press('F10');
    await debugging.stoppedIn('handle_interrupt', handler + 2);
    await debugging.paused();
    await bench.press('Shift+Alt+F11');
    await bench.showOnly('Call Stack', 'vCPUs', 'Debug Registers');
    await bench
      .pane('vCPUs')
      .row(`handle_interrupt vectors.c:${handler + 2}`)
      .waitFor();
    await bench.anatomy.open();
    await bench.anatomy.mark('MSR[SE] ← 1').waitFor();
    await bench.anatomy.mark('Trace interrupt').waitFor();
  },
);
