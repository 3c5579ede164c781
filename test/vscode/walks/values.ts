// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { programOf, sample, walk } from './walk.js';

const SOURCE = 'samples/counter/counter.c';
const line = (words: string): number => lineOf('counter/counter.c', words);

walk(
  'ST-VSC-011 variables and registers show values, fields, formats and what a step changed; watch, hover and a value typed in follow the guest',
  'web',
  sample('counter'),
  { program: programOf('counter'), stopOnEntry: false },
  async bench => {
    const { editor, debugging } = bench;
    await bench.openFile(SOURCE);
    await editor.goTo(line('store counter'));
    await editor.clickGutter(line('store counter'));
    await debugging.start();
    await debugging.stoppedIn('increment', line('store counter'));
    await debugging.callStackRow('Stack Frame _start').waitFor();
    await debugging.chooseFrame('increment');
    await editor.inlineValue('delta = 1').waitFor();
    await (await editor.hover('store counter', 'counter')).getByText('0').waitFor();
    await bench.showOnly('Variables', 'Call Stack');
    const variables = bench.pane('Variables');

    await variables.open('Arguments');
    await variables.variable('delta', '1').waitFor();
    await variables.open('System');
    await variables.open('sctlr_el1');
    await variables.variable('EE', '0x0 (little)').waitFor();
    await variables.close('System');

    await variables.open('General');
    await variables.variable('x0', '0x0000000000000001').waitFor();
    await variables.setValue('delta', '40');
    await variables.variable('delta', '40').waitFor();
    await bench.press('F10');
    await debugging.stoppedIn('increment', line('store counter') + 1);
    await variables.changed('x1').waitFor();
    await variables.variable('x1', '0x0000000000000028').waitFor();
    await variables.menu('delta =', 'Show as', 'Hexadecimal');
    await variables.variable('delta', '0x28').waitFor();
    // VS Code remembers for the next session what is open.
    await variables.close('General');

    await bench.showOnly('Watch', 'Call Stack');
    const watch = bench.pane('Watch');
    for (const expression of ['counter', '$pc', 'counter * 2 + 1', 'no_such_name']) await watch.addExpression(expression);
    await watch.variable('counter', '40').waitFor();
    await watch.variable('$pc').waitFor();
    await watch.variable('counter * 2 + 1', '81').waitFor();
    await watch.row('There is no "no_such_name" here').waitFor();
  },
);
