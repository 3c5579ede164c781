// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { A64_ROWS } from '../../src/cpu/aarch64/instructions/index.js';
import { fieldsOf, type InstructionRow } from '../../src/cpu/decode/row.js';
import { pseudoRandomWords } from '../../src/cpu/decode/sampleWords.js';
import { A64, CODE, VECTORS, WordGuest } from './wordGuest.js';

// S-092: random instructions of the implemented rows, stepped, against the same program run freely.

const STEPS = 10_000;
/** Words of the program, which is a ring. */
const WORDS = 4_096;
/** The base register of loads and stores, which nothing else writes. Writeback moves it, but not far: offsets are below 1 KiB, both ways. */
const BASE = 28;
/** Destinations that no random row may have. */
const KEPT: readonly number[] = [26, 27, BASE];
const BASE_START = 0x4080_0000n;
/** Bytes around BASE_START that are compared. */
const COMPARED_BYTES = 0x4_0000;
const ZERO_REGISTER = 31;
const MRS_MDSCR = A64.mrs(0, 0, 2, 2, 0, 2);

/**
 * Rows that are left out: their outcome depends on being stepped (exclusives, sleep, the counter) or on registers that no
 * random program should touch, or they are chosen by hand below.
 */
const LEFT_OUT =
  /^(ST[L]?XR|LD[A]?XR|STXP|LDXP|CLREX|WFE|HINT|SYS|SYSL|MSR|MRS|ERET|DRPS|DCPS|BR$|BLR$|RET$|HLT|HVC|SMC|B$|BL$|B\.cond|CBZ|TBZ|LDR, LDRSW \(literal\)|ADRP$)/;
const MEMORY = /^(ST|LD|CAS|SWP|PRF)/;
const DESTINATIONS = ['Rd', 'Rt', 'Rt2', 'Rs', 'Ra'];

const rows: readonly InstructionRow[] = A64_ROWS.filter(({ name, support }) => support.kind === 'implemented' && !LEFT_OUT.test(name));

/** What is chosen beside the random rows: branches a little forward, calls, traps and exceptions. Words are as the random number says. */
const BY_HAND: readonly ((random: number) => readonly number[])[] = [
  random => [A64.branch(1 + (random % 6))],
  random => [0x9400_0000 | (1 + (random % 6))], // bl
  random => [(0x5400_0000 | ((1 + ((random >>> 4) % 6)) << 5) | (random & 0xf)) >>> 0], // b.cond
  random => [
    (0x3400_0000 | ((random & 3) << 24) | ((random & 0x80) << 24) | ((1 + ((random >>> 8) % 6)) << 5) | ((random >>> 16) % 27)) >>> 0,
  ], // cbz, cbnz
  random => [
    (0x3600_0000 | ((random & 1) << 24) | (((random >>> 1) & 31) << 19) | ((1 + ((random >>> 8) % 6)) << 5) | ((random >>> 16) % 27)) >>> 0,
  ], // tbz, tbnz
  random => [0x1000_005a, [0xd61f_0340, 0xd63f_0340, 0xd65f_0340][random % 3] ?? 0], // adr x26, . + 8; br, blr or ret x26
  random => [(0xd400_0001 | ((random & 0xffff) << 5)) >>> 0], // svc
  random => [A64.brk(random & 0xffff)], // exits; given back by the debugger
  random => [random & 0xffff], // udf
  random => [MRS_MDSCR | (random % 26)], // trapped: reads the guest's own value
  random => [0xd53b_4200 | (random % 26)], // mrs nzcv
  random => [0xd51b_4200 | (random % 26)], // msr nzcv
  () => [A64.nop],
];

/** Whether BASE keeps its value, but for writeback, and x26 and x27 belong to the branches and the handler. */
function fits(row: InstructionRow, word: number): boolean {
  const fields: Readonly<Record<string, number>> = fieldsOf(row.encoding, word);
  if (row.name !== 'CASP') return DESTINATIONS.every(name => !KEPT.includes(fields[name] ?? 0));
  // Pairs by half their number.
  return [fields.Rs, fields.Rt].every(half => !KEPT.includes(2 * (half ?? 0)));
}

/** An allocated word of `row` with the base register where a load or store has one. */
function wordOf(row: InstructionRow, random: () => number): number | undefined {
  const field = (name: string) => row.encoding.fields.find(each => each.name === name);
  const registerMask = (low: number): number => (31 << low) >>> 0;
  let [mask, value] = [0, 0];
  if (MEMORY.test(row.name) && field('Rn')) [mask, value] = [registerMask(5), BASE << 5];
  if (MEMORY.test(row.name) && field('Rm')) [mask, value] = [(mask | registerMask(16)) >>> 0, (value | (ZERO_REGISTER << 16)) >>> 0];
  for (let attempt = 0; attempt < 50; attempt++) {
    const free = random() & ~row.encoding.mask & ~mask;
    const word = (row.encoding.value | free | value) >>> 0;
    if (row.where(fieldsOf(row.encoding, word)) && fits(row, word)) return word;
  }
  return undefined;
}

function program(seed: number): readonly number[] {
  const random = pseudoRandomWords(seed);
  const words: number[] = [];
  while (words.length < WORDS - 8) {
    if (random() % 3 === 0) words.push(...(BY_HAND[random() % BY_HAND.length]?.(random()) ?? []));
    else {
      const row = rows[random() % rows.length];
      const word = row && wordOf(row, random);
      if (word !== undefined) words.push(word);
    }
  }
  while (words.length < WORDS - 1) words.push(A64.nop);
  words.push(A64.branch(-(WORDS - 1)));
  return words;
}

/** Returns behind the instruction that was aborted, undefined or BRK, and for SVC one further: x27 is used. */
const HANDLER = [A64.mrs(0, 4, 0, 1, 27), A64.addImmediate(27, 27, 4), A64.msr(0, 4, 0, 1, 27), A64.eret];

function guestOf(words: readonly number[], fidelity: 'kernel' | 'exact', pstate: bigint): WordGuest {
  const random = pseudoRandomWords(7);
  const values = Array.from({ length: 31 }, (_, n) => [`x${n}`, (BigInt(random()) << 32n) | BigInt(random())] as const);
  return new WordGuest(words, {
    fidelity,
    cpu: 'max',
    registers: {
      ...Object.fromEntries(values),
      x26: CODE,
      [`x${BASE}`]: BASE_START,
      sp_el0: BASE_START,
      sp_el1: BASE_START,
      vbar_el1: VECTORS,
      pstate,
    },
    more: [
      [VECTORS + 0x200n, HANDLER],
      [VECTORS + 0x400n, HANDLER],
    ],
  });
}

const NAMES = [
  ...Array.from({ length: 31 }, (_, n) => `x${n}`),
  'pc',
  'pstate',
  'sp_el0',
  'sp_el1',
  'elr_el1',
  'spsr_el1',
  'esr_el1',
  'far_el1',
  'mdscr_el1',
];
/** SPSR_EL1.SS of an exception that is taken while its instruction is stepped is 1, as the architecture has it. */
const STEP_BIT = 1n << 21n;
const registersOf = (guest: WordGuest) =>
  Object.fromEntries(NAMES.map(name => [name, (name === 'spsr_el1' ? guest.get(name) & ~STEP_BIT : guest.get(name)).toString(16)]));
const memoryOf = (guest: WordGuest) =>
  Buffer.from(guest.target.machine.readPhysical(BASE_START - BigInt(COMPARED_BYTES / 2), COMPARED_BYTES) ?? []);

for (const [seed, fidelity, level, pstate] of [
  [1, 'kernel', 'EL1', 5n],
  [2, 'exact', 'EL1', 0x3c5n],
  [3, 'kernel', 'EL0', 0n],
  [4, 'exact', 'EL0', 0n],
] as const) {
  test(`S-092 ARM-HW-24 ${STEPS} random instructions at ${level} step through the pcs of a free run, with one exit each (${fidelity})`, () => {
    const words = program(seed);
    const reference = guestOf(words, fidelity, pstate);
    const stepped = guestOf(words, fidelity, pstate);
    assert.ok(reference.target.execution.resume(0).ok);
    const { registers } = stepped.target.control.at(0);
    for (let step = 0; step < STEPS; step++) {
      const pc = registers.pc;
      assert.equal(reference.run(1).kind, 'running');
      stepped.target.execution.step({ vcpu: 0, kind: 'into', granularity: 'instruction' });
      const outcome = stepped.run();
      assert.ok(outcome.kind === 'stopped', `${outcome.kind} after ${step} steps`);
      const expected = reference.get('pc');
      if (outcome.stop.pc !== expected || outcome.stop.reason !== 'step') {
        const word = stepped.read64(pc) & 0xffff_ffffn;
        assert.fail(
          `step ${step}, 0x${word.toString(16)} at 0x${pc.toString(16)}: ${outcome.stop.reason} at 0x${outcome.stop.pc.toString(16)}, not 0x${expected.toString(16)}: ${outcome.stop.description}`,
        );
      }
    }
    assert.deepEqual(registersOf(stepped), registersOf(reference));
    assert.ok(memoryOf(stepped).equals(memoryOf(reference)));
    assert.deepEqual(stepped.target.exitCounts, { KVM_EXIT_DEBUG: STEPS });

    const whole = guestOf(words, fidelity, pstate);
    assert.ok(whole.target.execution.resume(0).ok);
    assert.equal(whole.run(STEPS).kind, 'running');
    assert.deepEqual(registersOf(whole), registersOf(reference));
  });
}
