// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { sample, walk, walkWithoutLaunchFile } from './walk.js';

walkWithoutLaunchFile(
  'ST-VSC-017 without a launch file F5 offers the programs of the folder and the samples, and runs the chosen one',
  'both',
  sample('hello'),
  async bench => {
    const { debugging } = bench;
    await bench.openFile('samples/hello/hello.c');
    await bench.press('F5');
    await bench.quickInput.row('virt (ARM64), entry 0x40080000').waitFor();
    await bench.quickInput.fill('svc');
    await bench.quickInput.row('Sample svc (aarch64, -O0)').waitFor();
    await bench.quickInput.fill('hello.aarch64');
    await bench.quickInput.choose('samples/hello/hello.aarch64.O0.elf');
    await debugging.toolbar.waitFor();
    await bench.showOnly('Call Stack');
    await debugging.stoppedIn('_start');
    await debugging.stop();
    await bench.openFile('samples/hello/hello.c');
    await bench.press('F5');
    await bench.quickInput.fill('counter');
    await bench.quickInput.choose('Sample counter (aarch64, -O0)');
    await debugging.toolbar.waitFor();
    await bench.showOnly('Call Stack');
    await debugging.stoppedIn('main');
  },
);

walk(
  'ST-VSC-018 a launch that is refused says why in a sentence and opens the setting',
  'node',
  sample('hello'),
  { program: '${workspaceFolder}/samples/hello/missing.elf' },
  async bench => {
    await bench.press('F5');
    await bench.notified('missing.elf cannot be read: there is no such file.');
    await bench.pressButton('Open launch.json');
    await bench.page.locator('.tab.active[data-resource-name="launch.json"]').waitFor();
  },
);

walk(
  "ST-VSC-019 the guest's console is a terminal, and what is typed there reaches the guest",
  'node',
  sample('hello'),
  { program: '${workspaceFolder}/samples/hello/hello.aarch64.O0.elf', stopOnEntry: false },
  async bench => {
    const { debugging, editor, terminal } = bench;
    await bench.openFile('samples/hello/hello.c');
    await editor.goTo(lineOf('hello/hello.c', 'poll'));
    await bench.press('F9');
    await debugging.start();
    await debugging.stoppedIn('next_character');
    await terminal.shows('Hello from EL1.');
    await terminal.type('typed by a person\n');
    await editor.line('poll').click();
    await bench.press('F9', 'F5');
    await debugging.ended();
    await terminal.shows('TYPED BY A PERSON');
    await terminal.shows('The guest ended with status 0.');
  },
);
