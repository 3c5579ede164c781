// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { failure, type Result, success } from '../base/index.js';
import { parseScript } from '../dap/index.js';
import { playScript } from './debugCommand.js';

/** The demo in chapters: what a newcomer is told, and the part of the session that shows it. */
const CHAPTERS: readonly { readonly says: string; readonly script: string }[] = [
  {
    says: 'A C program, compiled by gcc for bare-metal AArch64, boots in the embedded engine under an emulated KVM.\nWe stop it at a line of its source by a breakpoint register of the CPU.',
    script: 'launch stopOnEntry=true trace=kvm\nbreak counter.c:<call increment> mode=hardware\nstart\ncontinue\nstack\nvariables Locals',
  },
  { says: 'The breakpoint occupies a real slot. These are the debug registers that the next guest entry loads:', script: 'registers' },
  {
    says: 'One step into the function. The lines from KVM show how: KVM_SET_GUEST_DEBUG, KVM_RUN, KVM_EXIT_DEBUG.',
    script: 'stepIn\nstack levels=2',
  },
  { says: 'And this is how that step was made, action by action:', script: 'anatomy' },
  {
    says: 'Now a watchpoint: stop where "counter" is written. ARM64 reports the access before it happens; the debugger steps over it and tells both values.',
    script: 'clear\nwatch counter access=write\ncontinue\nstack levels=2\nevaluate counter\nregisters',
  },
  { says: 'The watchpoint is taken away and the guest runs to its end.', script: 'unwatch\ncontinue' },
];

/** `steptrap demo`: a whole session on a bundled guest, with words between its parts. */
export async function demo(): Promise<Result<number>> {
  const program = ['../samples/counter/counter.aarch64.O0.elf', '../../../samples/counter/counter.aarch64.O0.elf']
    .map(place => fileURLToPath(new URL(place, import.meta.url)))
    .find(path => existsSync(path));
  if (program === undefined) return failure('demo', 'The bundled guest samples/counter/counter.aarch64.O0.elf is missing.');
  const print = (line: string): void => {
    // The trace also has each register that the debugger reads; the story is in the other calls.
    if (!line.startsWith('· KVM_GET_ONE_REG')) process.stdout.write(`${line}\n`);
  };
  print(
    "Steptrap: debug a guest the way KVM really does it. → is what a debugger asks, ← what it is told, · what KVM did, │ the guest's console.",
  );
  const statements = CHAPTERS.flatMap(({ says, script }) => [
    { line: 0, verb: 'say', words: [], options: {}, rest: says },
    ...parseScript(script).statements,
  ]);
  const outcome = await playScript({ program, settings: {}, statements, print });
  if (outcome.problem !== undefined) return failure('demo', `The demo could not go on: ${outcome.problem}`);
  print('');
  print('The same in VS Code: open this folder, choose "Run and Debug", and launch with {"type": "steptrap", "request": "launch",');
  print(
    `"program": "samples/counter/counter.aarch64.O0.elf"}. Without an editor: steptrap debug samples/counter/counter.aarch64.O0.elf --script FILE (docs/scripts.md).`,
  );
  return success(0);
}
