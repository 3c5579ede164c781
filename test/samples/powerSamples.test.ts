// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SampleGuest } from '../debug/sampleGuest.js';
import { projectFile } from '../support/adapterConnection.js';
import { type HeadlessSettings, runSample } from '../support/headlessSample.js';

// What samples/README.md says that the samples print is what they print. In QEMU: test/oracle/console.oracle.ts.

const README = readFileSync(projectFile('samples/README.md'), 'utf8');

/** The block of the README that follows the line with `introduction`. */
function expected(introduction: string): string {
  const [, text] = README.split(introduction)[1]?.split('```\n') ?? [];
  assert.ok(text !== undefined, `samples/README.md has no block after "${introduction}"`);
  return text;
}

const ISAS = ['ppc64', 'ppc64le'] as const;
const LEVELS = ['O0', 'O2'] as const;
const KVMS = ['hv', 'pr'] as const;
const MODELS = ['power8', 'power9'] as const;

/** Runs every build of a sample under each KVM, in each fidelity, on each processor; `text` says what it prints. */
function runEverywhere(
  name: string,
  settings: HeadlessSettings,
  text: (isa: (typeof ISAS)[number], kvmKind: (typeof KVMS)[number], cpu: (typeof MODELS)[number]) => string,
): void {
  for (const isa of ISAS)
    for (const level of LEVELS)
      for (const kvmKind of KVMS)
        for (const cpu of MODELS)
          for (const fidelity of ['exact', 'kernel'] as const) {
            const outcome = runSample(`samples/${name}/${name}.${isa}.${level}.elf`, { ...settings, kvmKind, cpu, fidelity });
            assert.deepEqual(outcome, { console: text(isa, kvmKind, cpu), end: 0 }, `${isa} -${level} ${kvmKind} ${cpu} ${fidelity}`);
          }
}

test('ST-SMPL-001 hello runs to its power-off for each byte order, under both KVMs of POWER, on power8 and power9', () => {
  runEverywhere('hello', {}, () => expected('On POWER:'));
});

test('ST-SMPL-002 counter prints the same under both KVMs of POWER, and another checksum for another byte order', () => {
  const [big, little] = [expected('On big-endian POWER'), expected('`counter`:')];
  assert.notEqual(big, little);
  runEverywhere('counter', {}, isa => (isa === 'ppc64' ? big : little));
});

test('ST-SMPL-003 smp counts to 4,000 on four vCPUs that RTAS start-cpu has started', () => {
  runEverywhere('smp', { cpus: 4 }, () => expected('`smp`, with `--smp 4`:'));
});

test('ST-SMPL-004 vCPUs that the machine does not have are refused by RTAS start-cpu', () => {
  const { console } = runSample('samples/smp/smp.ppc64le.O2.elf', { cpus: 2 });
  assert.match(console, /^CPU 2: start-cpu refused with -3\nCPU 3: start-cpu refused with -3\nCPU 0: 1000 rounds\nCPU 1: 1000 rounds\n/);
});

/** Without AIL every interrupt goes to the vector at real 0, scv does not exist, and KVM-PR has no radix trees. */
const withoutAil = (text: string): string =>
  text.replace('interrupts with translation on\n', 'interrupts with translation on refused with -256\n').replaceAll('  0x4', '  0x0');

test('ST-SMPL-005 vectors takes each interrupt at the vector and as often as QEMU does, by hash page table and radix trees', () => {
  const texts = { power8: expected('On power8 there are no scv and no radix trees:'), power9: expected('`vectors`, on power9:') };
  runEverywhere('vectors', {}, (_isa, kvmKind, cpu) => {
    if (kvmKind === 'hv') return texts[cpu];
    return withoutAil(texts.power8) + (cpu === 'power9' ? 'radix tree refused with 3\n' : '');
  });
});

test('ST-SMPL-008 selfstep debugs itself and its program by steps, by branches and by a breakpoint, and sees what it sees in QEMU', () => {
  const text = expected('`selfstep`:');
  runEverywhere('selfstep', {}, (_isa, kvmKind) => (kvmKind === 'hv' ? text : withoutAil(text)));
});

for (const isa of ISAS)
  for (const cpu of MODELS)
    test(`PPC-HV-06 the debugger in selfstep is told each step, load and store by SRR1 and each instruction by SIAR (${isa}, ${cpu})`, () => {
      const guest = new SampleGuest('selfstep', 'O2', { isa, cpu });
      guest.runTo('power_off');
      const told = (seen: string): readonly string[] =>
        ['status_traces', 'status_loads', 'status_stores', 'status_wrong', 'siar_wrong'].map(name => guest.value(`${seen}.${name}`));
      assert.deepEqual(told('seen_in_real_mode'), ['20', '3', '3', '0', '0']);
      assert.deepEqual(told('seen_in_kernel'), ['20', '3', '3', '0', '0']);
      assert.deepEqual(told('seen_by_steps'), ['50', '9', '3', '0', '0']);
      assert.deepEqual(told('seen_by_breakpoint'), ['3', '3', '0', '0', '0']);
    });
