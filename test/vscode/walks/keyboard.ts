// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { programOf, sample, walk } from './walk.js';

walk(
  'ST-VSC-021 a whole session goes by the keyboard alone, from the folder to the console and the end',
  'web',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: false },
  async bench => {
    const { editor, debugging } = bench;
    await bench.explorerKeys('samples', 'counter', 'counter.c');
    const line = lineOf('counter/counter.c', 'store counter');
    await editor.goTo(line);
    await bench.press('F9');
    await editor.mark('breakpoint').first().waitFor();
    await debugging.start();
    await debugging.stoppedIn('increment', line);
    await bench.press('F10');
    await debugging.stoppedIn('increment', line + 1);
    // Steptrap's own key: out to the instruction behind the call.
    await bench.press('Control+Shift+F11');
    await debugging.stoppedIn('main');
    await debugging.paused();
    // Until what is asked for by a list.
    await bench.press('Shift+Alt+F6');
    await bench.quickInput.row('Call').waitFor();
    await bench.quickInput.fill('Call');
    await bench.quickInput.accept();
    await debugging.stoppedIn('main', lineOf('counter/counter.c', 'call by pointer'));
    await debugging.paused();
    await bench.editor.cursorAt(lineOf('counter/counter.c', 'call by pointer'));
    await debugging.complete('check', 'checksum', /^checksum/);
    await debugging.evaluate('info registers pc', /pc +0x[0-9a-f]+/);
    await debugging.evaluate('p/x counter', '0x1');
    await debugging.evaluate('help', 'info registers');
    await bench.press('Shift+F5');
    await debugging.ended();
  },
);
