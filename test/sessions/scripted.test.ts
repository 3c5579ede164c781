// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { parseScript } from '../../src/dap/index.js';
import { playScript } from '../../src/entries/debugCommand.js';
import { projectFile } from '../support/adapterConnection.js';
import { expectGolden } from '../support/golden.js';
import { POWER_SESSIONS, type ScriptedSession, TRACE_PROGRAMS, traceScript } from './powerScripts.js';

/** The scripted sessions, those of POWER last. */
const SESSIONS: readonly ScriptedSession[] = [
  {
    title: 'ST-DAP-030 a hardware breakpoint in the source stops at its line, steps go by statement, and a watchpoint tells both values',
    golden: 'ST-DAP-030.counter',
    program: 'samples/counter/counter.aarch64.O0.elf',
    script: `
      launch
      break counter.c:<call increment> mode=hardware
      start
      continue
      stack
      variables Locals
      registers
      stepIn
      variables Arguments
      next
      stepOut
      anatomy
      clear
      watch counter
      continue
      evaluate counter
      registers
      unwatch
      continue`,
  },
  {
    title: 'ST-DAP-031 conditions, hit counts and log messages are decided without a stop',
    golden: 'ST-DAP-031.conditions',
    program: 'samples/counter/counter.aarch64.O2.elf',
    script: `
      launch stopOnEntry=false
      break counter.c:<store counter> condition="delta == 5"
      break counter.c:<store heartbeat> logMessage="value {value}" hitCondition="<= 2"
      start
      variables Arguments
      continue`,
  },
  {
    title: 'ST-DAP-032 each mode makes the same stop by its own mechanism',
    golden: 'ST-DAP-032.modes',
    program: 'samples/counter/counter.aarch64.O0.elf',
    script: `
      launch stopAt=main
      break fibonacci mode=software
      start
      continue
      repl info breakpoints
      clear
      break fibonacci mode=engine
      continue
      stack levels=2
      clear
      break increment mode=hardware
      continue`,
  },
  {
    title: 'ST-DAP-033 the KVM trace shows KVM_SET_GUEST_DEBUG, KVM_RUN and KVM_EXIT_DEBUG of an instruction step',
    golden: 'ST-DAP-033.trace',
    program: 'samples/hello/hello.aarch64.O0.elf',
    script: `
      launch stopAt=main trace=kvm
      start
      stepIn granularity=instruction times=2
      repl x/3i $pc
      repl help finish`,
  },
  {
    title: 'ST-DAP-035 a step from EL0 over SVC stops at the first instruction of the EL1 vector',
    golden: 'ST-DAP-035.vector',
    program: 'samples/svc/svc.aarch64.O0.elf',
    script: `
      launch
      break user.S:<SVC write> mode=hardware
      start
      continue
      vcpus
      trace kvm
      stepIn granularity=instruction
      trace off
      anatomy
      vcpus
      repl info registers esr_el1
      repl info symbol $elr_el1
      stack
      clear
      break svc.c:<serve exit>
      continue
      registers`,
  },
  {
    title: 'ST-DAP-036 slots run out in the open: who holds them is said, and a software breakpoint takes none',
    golden: 'ST-DAP-036.slots',
    program: 'samples/counter/counter.aarch64.O0.elf',
    script: `
      launch breakpointMode=hardware stopAt=main
      start
      break counter.c:<store counter>
      break counter.c:<store heartbeat>
      break counter.c:<call mix>
      break counter.c:<store history>
      break counter.c:<call by pointer>
      break counter.c:<first recursion>
      break counter.c:<store checksum>
      watch counter
      watch heartbeat access=readWrite
      registers
      repl info breakpoints
      unwatch
      clear
      break increment mode=software
      continue
      registers
      memory 0x40082000 16`,
  },
  {
    title: 'ST-DAP-037 four vCPUs: off until CPU_ON, held by scheduler locking, frozen, and each hit of a shared breakpoint told',
    golden: 'ST-DAP-037.smp',
    program: 'samples/smp/smp.aarch64.O0.elf',
    script: `
      launch smp=4 stopAt=main
      break cpu_on
      start
      vcpus
      vcpu 1
      stepIn
      continue
      clear
      stepOut
      vcpus
      break smp.c:<begin to count> mode=software
      continue
      continue
      vcpus
      clear
      next
      locking off
      next
      locking on
      vcpu 2
      next
      vcpus
      locking step
      freeze 1
      freeze 3
      break raise_counter
      continue
      continue
      vcpus
      clear
      thaw 1
      thaw 3
      vcpu 0
      break smp.c:<report>
      continue
      vcpus
      continue`,
  },
  ...POWER_SESSIONS,
];

async function transcriptOf(program: string, script: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const { statements, problems } = parseScript(script);
  assert.deepEqual(problems, []);
  const outcome = await playScript({
    program: projectFile(program),
    settings: {},
    statements,
    print: line => lines.push(line.replaceAll(projectFile(''), '')),
    isSymbolic: true,
  });
  assert.equal(outcome.problem, undefined);
  return lines;
}

for (const { title, golden, program, script } of SESSIONS)
  test(title, async () => expectGolden(golden, await transcriptOf(program, script)));

for (const program of TRACE_PROGRAMS)
  test(`ST-DAP-154 a session that steps under KVM-HV, by the Trace interrupt, reads as the same one under KVM-PR (${program})`, async () => {
    const [hv, pr] = [await transcriptOf(program, traceScript('hv')), await transcriptOf(program, traceScript('pr'))];
    assert.ok(hv.length > 30);
    assert.deepEqual(hv.slice(1), pr.slice(1));
  });

test('ST-DAP-034 every golden transcript belongs to a session', () => {
  const known = SESSIONS.map(({ golden }) => `${golden}.golden.txt`);
  assert.deepEqual(
    readdirSync(projectFile('test/sessions')).filter(name => name.endsWith('.golden.txt') && !known.includes(name)),
    [],
  );
});
