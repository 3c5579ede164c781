// SPDX-License-Identifier: MIT
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { failure, type Result, success } from '../base/index.js';
import { parseScript } from '../dap/index.js';
import { playScript } from './debugCommand.js';

/** A part of the demo: what a newcomer is told, and the part of the session that shows it. */
interface Chapter {
  readonly says: string;
  readonly script: string;
}

/** A bundled guest with the chapters that are played on it. */
interface Act {
  readonly program: string;
  readonly chapters: readonly Chapter[];
}

const ACTS: readonly Act[] = [
  {
    program: 'samples/counter/counter.aarch64.O0.elf',
    chapters: [
      {
        says: '1. A C program, built by gcc for bare-metal AArch64, boots in the embedded engine under an emulated KVM.\n   A breakpoint in its source, made by a breakpoint register of the CPU:',
        script: 'launch stopOnEntry=true\nbreak counter.c:<call increment> mode=hardware\nstart\ncontinue\nstack\nvariables Locals',
      },
      {
        says: '2. The debug registers behind it, with the fields in the words of the Arm manual, and who holds them:',
        script: 'registers',
      },
      {
        says: '3. One instruction, and what KVM is told to do for it. The breakpoint must not fire again, so its slot is empty while the step runs:',
        script: 'trace kvm\nstepIn granularity=instruction',
      },
      { says: '4. The same step, action by action:', script: 'anatomy' },
      { says: '5. A step by source line into the function: single steps to the call, then the prologue in one run.', script: 'stepIn' },
      {
        says: '6. A watchpoint. ARM64 reports a write before it happens; the debugger notes the old value, steps over the store and tells both:',
        script: 'clear\nwatch counter access=write\ncontinue\nregisters',
      },
      { says: '7. And on to the end of the guest:', script: 'trace off\nunwatch\ncontinue' },
    ],
  },
  {
    program: 'samples/svc/svc.aarch64.O0.elf',
    chapters: [
      {
        says: '8. Another guest: a kernel of one page and a program at EL0. We stop at its system call …',
        script: 'launch stopOnEntry=true\nbreak user.S:<SVC write>\nstart\ncontinue\nvcpus',
      },
      {
        says: '9. … and step into the kernel: one step from EL0 to the first instruction of the EL1 vector.',
        script:
          'trace kvm\nstepIn granularity=instruction\ntrace off\nvcpus\nrepl info registers esr_el1\nrepl info symbol $elr_el1\nclear',
      },
      { says: '10. The rest of the guest:', script: 'continue' },
    ],
  },
  {
    program: 'samples/vectors/vectors.ppc64.O0.elf',
    chapters: [
      {
        says: '11. The same on 64-bit POWER, big-endian, under the emulated KVM-PR: a program in problem state is about to touch a page …',
        script: 'launch stopOnEntry=true kvm=pr\nbreak user.c:<page fault>\nstart\ncontinue\nstack\nclear',
      },
      {
        says: '12. … the kernel maps it. The stack goes through the interrupt frame back into the program:',
        script: 'break vectors.c:<map a page>\ncontinue\nstack\nrepl info registers srr0 dar dsisr\nclear',
      },
      {
        says: '13. One instruction: KVM-PR sets the bit of MSR for the Trace interrupt and takes the interrupt itself.',
        script: 'trace kvm\nstepIn granularity=instruction\ntrace off\nanatomy',
      },
      { says: '14. And what the kernel has counted until the end:', script: 'continue' },
    ],
  },
  {
    program: 'samples/selfstep/selfstep.ppc64.O0.elf',
    chapters: [
      {
        says: '15. POWER under KVM-HV, which cannot single-step: the Trace interrupt goes to the guest, and KVM never sees it. To make it harder,\n   this guest is a kernel that steps its own program by that interrupt. We stop inside a system call of the program …',
        script: 'launch stopOnEntry=true kvm=hv\nbreak selfstep.c:<serve>\nstart\ncontinue\nstack\nclear',
      },
      {
        says: '16. … and step. MSR[SE] makes the guest take a Trace interrupt, and a trap word at its vector is what KVM does see.\n   What may come instead of it has a trap, too. Before anybody looks, everything is as it was:',
        script: 'trace kvm\nstepIn granularity=instruction\ntrace off\nanatomy',
      },
      { says: '17. The debugger inside of the guest has noticed nothing, and goes on counting its own steps:', script: 'continue' },
    ],
  },
];

const INTRODUCTION = `Steptrap: debug a guest the way KVM really does it. No hardware, no kernel module, no QEMU, no cross-debugger.
→ what a debugger asks   ← what it is told   · what KVM did   │ the guest's console`;

const CLOSING = `The same with your own guest:
  from a script    steptrap debug YOUR.elf --script FILE      docs/scripts.md has the statements
  in an editor     steptrap dap, or steptrap dap --port 4711  for clients of the Debug Adapter Protocol; launch with
                   { "type": "steptrap", "request": "launch", "program": "\${workspaceFolder}/YOUR.elf" }
                   VS Code takes this launch.json as it is as soon as the Steptrap extension is installed.
  without either   steptrap run YOUR.elf`;

/** `steptrap demo`: whole sessions on bundled guests, with words between their parts. */
export async function demo(): Promise<Result<number>> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  print(INTRODUCTION);
  for (const { program, chapters } of ACTS) {
    const path = ['../', '../../../'].map(up => fileURLToPath(new URL(`${up}${program}`, import.meta.url))).find(each => existsSync(each));
    if (path === undefined) return failure('demo', `The bundled guest ${program} is missing.`);
    const statements = chapters.flatMap(({ says, script }) => [
      { line: 0, verb: 'say', words: [], options: {}, rest: says },
      ...parseScript(script).statements,
    ]);
    const outcome = await playScript({ program: path, settings: {}, statements, print });
    if (outcome.problem !== undefined) return failure('demo', `The demo could not go on: ${outcome.problem}`);
  }
  print('');
  print(CLOSING);
  return success(0);
}
