// SPDX-License-Identifier: MIT
import type { Workbench } from '../workbench/index.js';
import { lineOf } from './sourceLines.js';
import { type Folder, launchFile, powerSample, programOf, sample } from './walk.js';

/** What a picture shows: the way to it, and its name in docs/images/. */
export interface Scene {
  readonly name: string;
  readonly folder: Folder;
  run(bench: Workbench): Promise<void>;
}

/** Where the side bar ends, in pixels: its rows are to be read whole. */
const SIDE_BAR = 480;

/** A breakpoint in the counter: source beside disassembly, registers with their fields, the slots, the guest's console. */
const breakpoint: Scene = {
  name: 'breakpoint',
  folder: { ...sample('counter'), ...launchFile({ Guest: { program: programOf('counter'), stopOnEntry: false } }) },
  async run(bench) {
    const { editor, debugging, disassembly, terminal } = bench;
    const line = lineOf('counter/counter.c', 'console_hex(checksum, 16)');
    await bench.openFile('samples/counter/counter.c');
    await editor.goTo(line);
    await editor.clickGutter(line);
    await debugging.start();
    await debugging.stoppedIn('main', line);
    await bench.dragSideBar(SIDE_BAR);
    await bench.showOnly('Variables', 'Debug Registers');
    const variables = bench.pane('Variables');
    await variables.close('Locals');
    await variables.open('System');
    await variables.open('spsr_el1');
    await bench.pane('Debug Registers').open('Breakpoint 0');
    await disassembly.open();
    await disassembly.current().first().waitFor();
    await bench.command('View: Move Editor into Right Group');
    await terminal.shows('checksum');
  },
};

/** Four vCPUs at a breakpoint that one of them hit. */
const vcpus: Scene = {
  name: 'vcpus',
  folder: { ...sample('smp', 'secondary.S', 'smp.h'), ...launchFile({ Guest: { program: programOf('smp'), stopOnEntry: false, smp: 4 } }) },
  async run(bench) {
    const { editor, debugging } = bench;
    const line = lineOf('smp/smp.c', 'store shared counter');
    await bench.openFile('samples/smp/smp.c');
    await editor.goTo(line);
    await editor.clickGutter(line);
    await debugging.start();
    await debugging.stoppedIn('raise_counter', line);
    await bench.dragSideBar(SIDE_BAR);
    await bench.showOnly('Call Stack', 'vCPUs', 'Debug Registers');
    await bench.pane('vCPUs').row('vCPU 3').waitFor();
    await bench.pane('Debug Registers').open('Breakpoint 0');
  },
};

/** So many steps have entries in the log before the one that is drawn. */
const STEPS = 4;
/** Of the pictures, in pixels. */
const WIDTH = 1800;

/** A step and its log: how it was made, by whom, and what of the guest's was borrowed for it. */
function stepAnatomy(name: string, folder: Folder, height: number): Scene {
  return {
    name,
    folder,
    async run(bench) {
      const { anatomy, debugging } = bench;
      // The step is to be seen whole.
      await bench.page.setViewportSize({ width: WIDTH, height });
      await debugging.start();
      await debugging.stoppedIn('main');
      await anatomy.open();
      for (let step = 0; step < STEPS; step++) await anatomy.stepAndShow();
      await anatomy.open();
      await bench.command('View: Maximize Editor Group and Hide Side Bars');
      await anatomy.page.locator('.entry.of-step').first().waitFor();
    },
  };
}

const stopInMain = (program: string, settings: object = {}): Folder =>
  launchFile({ Guest: { program, stopOnEntry: false, stopAt: 'main', ...settings } });
const inFolder = (program: string): string => `\${workspaceFolder}/${program}`;
const COUNTER_HV = 'samples/counter/counter.ppc64le.O0.elf';
const COUNTER_PR = 'samples/counter/counter.ppc64.O0.elf';

const anatomyOfHv = stepAnatomy(
  'step-anatomy',
  { ...powerSample('counter', COUNTER_HV), ...stopInMain(inFolder(COUNTER_HV), { kvm: 'hv' }) },
  1600,
);
const anatomyOfPr = stepAnatomy(
  'step-anatomy-pr',
  { ...powerSample('counter', COUNTER_PR), ...stopInMain(inFolder(COUNTER_PR), { kvm: 'pr' }) },
  960,
);
const anatomyOfArm = stepAnatomy('step-anatomy-arm64', { ...sample('counter'), ...stopInMain(programOf('counter')) }, 1240);

const REGISTERS = 6;
const registersFull: Scene = {
  name: 'debug-registers',
  folder: {
    ...sample('counter'),
    ...launchFile({ Guest: { program: programOf('counter'), stopOnEntry: true, breakpointMode: 'hardware' } }),
  },
  async run(bench) {
    const { editor, debugging } = bench;
    const first = lineOf('counter/counter.c', 'first statement');
    await bench.openFile('samples/counter/counter.c');
    for (let number = 0; number < REGISTERS; number++) {
      await editor.goTo(first + number);
      await bench.press('F9');
    }
    await debugging.start();
    await debugging.stoppedIn('_start');
    await bench.dragSideBar(SIDE_BAR);
    await bench.showOnly('Debug Registers');
    const registers = bench.pane('Debug Registers');
    await registers.row('6 of 6 in use').waitFor();
    await registers.open('Breakpoint 0');
    await registers.row('Breakpoint 2').hover();
  },
};
const registersPower: Scene = {
  name: 'debug-registers-power',
  folder: {
    ...powerSample('counter', COUNTER_HV),
    ...launchFile({ Guest: { program: inFolder(COUNTER_HV), stopOnEntry: false, breakpointMode: 'software' } }),
  },
  async run(bench) {
    const { editor, debugging } = bench;
    await bench.openFile('samples/counter/counter.c');
    await editor.goTo(lineOf('counter/counter.c', 'store counter'));
    await bench.press('F9');
    await debugging.start();
    await debugging.stoppedIn('increment');
    await bench.dragSideBar(SIDE_BAR);
    await bench.showOnly('Debug Registers');
    const registers = bench.pane('Debug Registers');
    await registers.open('Watchpoint 0');
    await registers.open(/^MSR/);
    await registers.open('Single step');
    await registers.open('Trap words');
    await registers.row('CIABR').hover();
  },
};

/** A page of a user program behind radix trees, just read for the first time. */
const memoryMap: Scene = {
  name: 'memory-map',
  folder: {
    ...powerSample('vectors', 'samples/vectors/vectors.ppc64le.O0.elf'),
    // Frames whose source is not there are folded away.
    'samples/vectors/radix.c': { from: 'samples/vectors/radix.c' },
    'samples/vectors/user.c': { from: 'samples/vectors/user.c' },
    ...launchFile({
      Guest: {
        program: '${workspaceFolder}/samples/vectors/vectors.ppc64le.O0.elf',
        kvm: 'hv',
        cpu: 'power9',
        stopOnEntry: false,
        stopAt: 'add_process',
      },
    }),
  },
  async run(bench) {
    const { editor, debugging } = bench;
    const line = lineOf('vectors/user.c', 'protection fault');
    // Until then the guest's user program runs behind a hashed page table.
    await debugging.start();
    await debugging.stoppedIn('add_process');
    await bench.openFile('samples/vectors/user.c');
    await editor.goTo(line);
    await editor.clickGutter(line);
    await bench.dragSideBar(SIDE_BAR);
    await bench.showOnly('Call Stack');
    await bench.press('F5');
    await debugging.stoppedIn('touch', line);
    await bench.showOnly('Memory Map');
    const memory = bench.pane('Memory Map');
    await memory.titleAction('Translate Address');
    await bench.quickInput.fill('0x10030000');
    await bench.quickInput.accept();
    await memory.open('0x10030000');
    await memory.open('Level 4: PTE');
  },
};

/** The symbols of a program, and of them the functions. */
const modules: Scene = {
  name: 'modules',
  folder: { ...sample('counter'), ...launchFile({ Guest: { program: programOf('counter'), stopOnEntry: false, stopAt: 'main' } }) },
  async run(bench) {
    const { debugging } = bench;
    await debugging.start();
    await debugging.stoppedIn('main');
    await bench.dragSideBar(SIDE_BAR);
    await bench.showOnly('Modules and Symbols');
    const view = bench.pane('Modules and Symbols');
    await view.open('Functions');
    await view.row('fibonacci').hover();
  },
};

export const SCENES: readonly Scene[] = [
  breakpoint,
  vcpus,
  registersFull,
  registersPower,
  memoryMap,
  modules,
  anatomyOfHv,
  anatomyOfPr,
  anatomyOfArm,
];
