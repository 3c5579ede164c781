// SPDX-License-Identifier: MIT
import { sample, walk } from './walk.js';

walk('ST-VSC-010 the workbench opens a folder and shows the text of a source of its', sample('counter'), async bench => {
  await bench.openFile('samples/counter/counter.c');
  await bench.editor.goTo(70);
  await bench.editor.line('store counter').waitFor();
});
