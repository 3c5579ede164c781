// SPDX-License-Identifier: MIT
import type { Workbench } from '../workbench/index.js';
import { lineOf } from './sourceLines.js';
import { type Folder, launchFile, programOf, sample } from './walk.js';

/** What a picture shows: the way to it, and its name in docs/images/. */
export interface Scene {
  readonly name: string;
  readonly folder: Folder;
  run(bench: Workbench): Promise<void>;
}

/** A step in the counter: source beside disassembly, what the step changed, the slots, the guest's console. */
const breakpoint: Scene = {
  name: 'breakpoint',
  folder: { ...sample('counter'), ...launchFile({ program: programOf('counter'), stopOnEntry: false }) },
  async run(bench) {
    const { editor, debugging, disassembly, terminal } = bench;
    const line = lineOf('counter/counter.c', 'console_text(", checksum ")');
    await bench.openFile('samples/counter/counter.c');
    await editor.goTo(line);
    await editor.clickGutter(line);
    await debugging.start();
    await debugging.stoppedIn('main', line);
    await bench.showOnly('Variables', 'Call Stack', 'Debug Registers');
    const variables = bench.pane('Variables');
    await variables.open('General');
    await bench.pane('Debug Registers').open('Breakpoint 0');
    await disassembly.open();
    await disassembly.current().first().waitFor();
    await bench.command('View: Move Editor into Right Group');
    await bench.command('View: Focus First Editor Group');
    await bench.press('F10');
    await debugging.stoppedIn('main', line + 1);
    await bench.command('Terminal: Focus Terminal');
    await terminal.shows('checksum');
  },
};

/** Four vCPUs at a breakpoint that one of them hit. */
const vcpus: Scene = {
  name: 'vcpus',
  folder: { ...sample('smp', 'secondary.S', 'smp.h'), ...launchFile({ program: programOf('smp'), stopOnEntry: false, smp: 4 }) },
  async run(bench) {
    const { editor, debugging } = bench;
    const line = lineOf('smp/smp.c', 'store shared counter');
    await bench.openFile('samples/smp/smp.c');
    await editor.goTo(line);
    await editor.clickGutter(line);
    await debugging.start();
    await debugging.stoppedIn('raise_counter', line);
    await bench.showOnly('Call Stack', 'vCPUs', 'Debug Registers');
    await bench.pane('vCPUs').open('vCPU 0');
    await bench.pane('Debug Registers').open('Breakpoint 0');
  },
};

export const SCENES: readonly Scene[] = [breakpoint, vcpus];
