// SPDX-License-Identifier: MIT

/** A scripted session: id and sentence, guest, script. Its transcript lies beside this file. */
export interface ScriptedSession {
  readonly title: string;
  readonly golden: string;
  readonly program: string;
  readonly script: string;
}

const COUNTER = `
      launch kvm=pr
      break counter.c:<call increment> mode=software
      start
      continue
      stack
      variables Locals
      registers
      stepIn
      variables Arguments
      variables General cr
      next
      stepOut
      anatomy
      clear
      watch counter
      continue
      evaluate counter
      evaluate $r1 % 16
      registers
      unwatch
      continue`;

/** Sessions with POWER guests under KVM-PR. */
export const POWER_SESSIONS: readonly ScriptedSession[] = [
  {
    title:
      'ST-DAP-150 a big-endian POWER program under KVM-PR stops at a trap word, is stepped by statement, and tells both values of a watched variable',
    golden: 'ST-DAP-150.counter.ppc64',
    program: 'samples/counter/counter.ppc64.O0.elf',
    script: COUNTER,
  },
  {
    title: 'ST-DAP-151 a little-endian, optimized POWER program under KVM-PR is debugged as the big-endian one',
    golden: 'ST-DAP-151.counter.ppc64le',
    program: 'samples/counter/counter.ppc64le.O2.elf',
    script: COUNTER,
  },
  {
    title:
      'ST-DAP-152 the trace of a step under KVM-PR shows KVM_SET_GUEST_DEBUG, KVM_RUN and KVM_EXIT_DEBUG, and an instruction step passes a hypercall',
    golden: 'ST-DAP-152.trace.ppc64le',
    program: 'samples/hello/hello.ppc64le.O0.elf',
    script: `
      launch kvm=pr stopAt=main trace=kvm
      start
      stepIn granularity=instruction times=2
      trace off
      repl x/3i $pc
      break hypercall
      continue
      stack
      stepOut
      until call
      until return`,
  },
  {
    title:
      'ST-DAP-153 four vCPUs of pseries: off until start-cpu, held by scheduler locking while one steps, and off again after stop-self',
    golden: 'ST-DAP-153.smp.ppc64',
    program: 'samples/smp/smp.ppc64.O0.elf',
    script: `
      launch kvm=pr smp=4 stopAt=main
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
      vcpus
      clear
      next
      vcpus
      vcpu 0
      break smp.c:<report>
      continue
      vcpus
      continue`,
  },
  {
    title:
      'ST-DAP-155 a kernel with its own vectors and page tables is debugged under KVM-PR: in its program, in a page fault taken from there, over a system call',
    golden: 'ST-DAP-155.vectors.ppc64',
    program: 'samples/vectors/vectors.ppc64.O0.elf',
    script: `
      launch kvm=pr cpu=power8 stopAt=main
      break user.c:<first statement of the user program>
      start
      continue
      stack
      vcpus
      stepIn
      clear
      break vectors.c:<map a page> mode=software
      continue
      stack
      variables Arguments
      next
      clear
      break user.c:<ticket by sc>
      continue
      next
      clear
      continue`,
  },
];

/** Programs that are stepped under both kinds of KVM. */
export const TRACE_PROGRAMS = ['samples/counter/counter.ppc64.O0.elf', 'samples/counter/counter.ppc64le.O2.elf'];

/** Steps of every kind, and the guest to its end. */
export const traceScript = (kvm: 'hv' | 'pr'): string => `
      launch kvm=${kvm}
      break increment
      start
      continue
      stepIn granularity=instruction times=3
      next
      stepOut
      next
      stepIn
      stack
      variables General
      until call
      until return
      clear
      continue`;
