// SPDX-License-Identifier: MIT
import { commands, debug, Location, Position, SourceBreakpoint, workspace } from 'vscode';
import { equal, ok } from './expect.js';
import { fileOf, GuestSession } from './guestSession.js';

const COUNTER = 'samples/counter/counter.aarch64.O0.elf';
const SOURCE = 'samples/counter/counter.c';

/** The line of a marker comment in the counter's source, counted from 0. */
async function lineOf(marker: string): Promise<number> {
  const text = (await workspace.openTextDocument(fileOf(SOURCE))).getText();
  const line = text.split('\n').findIndex(one => one.includes(`/* ${marker} */`));
  ok(line >= 0, `${SOURCE} has no line with '${marker}'`);
  return line;
}

teardown(async () => {
  debug.removeBreakpoints(debug.breakpoints);
  await debug.stopDebugging();
});

test('ST-VSC-002 a session of the API stops on entry, steps and ends', async () => {
  const guest = await GuestSession.start({ program: fileOf(COUNTER).toString(), stopOnEntry: true });
  await guest.stopped('entry');
  equal((await guest.topFrame()).name, '_start', 'the frame of the entry');
  await guest.request('next', { threadId: 1 });
  await guest.stopped('step');
  await guest.end();
});

test('ST-VSC-003 a breakpoint of the API in a source is hit on its line', async () => {
  const line = await lineOf('store counter');
  debug.addBreakpoints([new SourceBreakpoint(new Location(fileOf(SOURCE), new Position(line, 0)))]);
  const guest = await GuestSession.start({ program: fileOf(COUNTER).toString(), stopOnEntry: false });
  await guest.stopped('breakpoint');
  const frame = await guest.topFrame();
  equal([frame.name, frame.line], ['increment', line + 1], 'the frame of the breakpoint');
  await guest.end();
});

test('ST-VSC-004 two sessions at once do not know of each other', async () => {
  const first = await GuestSession.start({ program: fileOf(COUNTER).toString(), stopOnEntry: true });
  await first.stopped('entry');
  const second = await GuestSession.start({ program: fileOf(COUNTER).toString(), stopOnEntry: true });
  await second.stopped('entry');
  await second.request('next', { threadId: 1 });
  await second.stopped('step');
  equal((await first.topFrame()).name, '_start', 'the frame of the session that was not stepped');
  await second.end();
  equal((await first.topFrame()).name, '_start', 'the frame of the session that goes on');
  await first.end();
});

test('ST-VSC-005 the menu of a register writes it in the base that was chosen, and by type again', async () => {
  const guest = await GuestSession.start({ program: fileOf(COUNTER).toString(), stopOnEntry: true });
  await guest.stopped('entry');
  const variable = { name: 'pc', evaluateName: '$pc' };
  const text = async (): Promise<unknown> => (await guest.request('evaluate', { expression: '$pc', context: 'watch' }))['result'];
  const natural = await text();
  await commands.executeCommand('steptrap.showAs.binary', { sessionId: guest.session.id, variable });
  ok(/^0b[01]+$/.test(String(await text())), 'the register is not binary');
  await commands.executeCommand('steptrap.showAs.natural', { sessionId: guest.session.id, variable });
  equal(await text(), natural, 'the register by type');
  await guest.end();
});
