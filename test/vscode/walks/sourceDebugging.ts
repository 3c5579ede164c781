// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { programOf, sample, walk } from './walk.js';

const SOURCE = 'samples/counter/counter.c';
const line = (words: string): number => lineOf('counter/counter.c', words);

walk(
  'ST-VSC-010 a breakpoint clicked into the margin is hit, and steps, run to cursor, jump and restart go where the source says',
  'web',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: false },
  async bench => {
    const { editor, debugging } = bench;
    await bench.openFile(SOURCE);
    await editor.goTo(line('call increment'));
    await editor.clickGutter(line('call increment'));
    await debugging.start();
    await debugging.stoppedIn('main', line('call increment'));
    await editor.mark('breakpoint').waitFor();

    await bench.press('F11');
    await debugging.stoppedIn('increment', line('store counter'));
    await bench.press('F10');
    await debugging.stoppedIn('increment', line('store counter') + 1);
    await bench.press('Shift+F11');
    await debugging.stoppedIn('main', line('call by pointer'));
    await bench.press('F10');
    await debugging.stoppedIn('main', line('call by pointer') + 1);
    await debugging.button('stepInto').click();
    await debugging.stoppedIn('scale');

    await editor.goTo(line('after observe'));
    await bench.command('Debug: Run to Cursor');
    await debugging.stoppedIn('scale', line('after observe'));
    await editor.goTo(line('call observe') - 1);
    await bench.command('Debug: Jump to Cursor');
    await debugging.stoppedIn('scale', line('call observe') - 1);

    await debugging.button('restart').click();
    await debugging.stoppedIn('main', line('call increment'));
    await debugging.stop();
  },
);
