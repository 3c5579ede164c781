// SPDX-License-Identifier: MIT
import { lineOf } from './sourceLines.js';
import { walkOfNewUser } from './walk.js';

walkOfNewUser(
  'ST-VSC-022 the installed package runs in Restricted Mode and leads from Open Sample to a session by F5, which asks for trust',
  'both',
  { 'notes.txt': { text: 'Nothing to debug here.\n' } },
  async bench => {
    const { editor, debugging } = bench;
    if (bench.host === 'node') await bench.statusItem('Restricted Mode').waitFor();
    await bench.command('Steptrap: Open Sample');
    await bench.quickInput.choose('counter');
    await bench.quickInput.choose('A folder that Steptrap keeps');
    await bench.quickInput.choose('Open in this window');
    await bench.openFile('counter.c');
    // It is a new window, whose extensions come when they come.
    await bench.ready();
    const line = lineOf('counter/counter.c', 'store counter');
    await editor.goTo(line);
    await bench.press('F9');
    await editor.mark('breakpoint').first().waitFor();
    await debugging.show();
    await bench.press('F5');
    await debugging.agreeToTrust();
    await debugging.stoppedIn('main');
    await bench.press('F5');
    await debugging.stoppedIn('increment', line);
    await bench.showOnly('vCPUs', 'Debug Registers');
    await bench.pane('vCPUs').row(`increment counter.c:${line}`).waitFor();
    await bench.pane('Debug Registers').row('Breakpoint 0').waitFor();
    await debugging.stop();
  },
);
