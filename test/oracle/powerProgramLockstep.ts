// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '../../src/base/index.js';
import { STOP } from '../../src/cpu/engine/engine.js';
import { buildInterpreter, type InstructionSet, Interpreter } from '../../src/cpu/interpreter/index.js';
import { EngineMemory } from '../../src/cpu/reference/engineMemory.js';
import { executeReference } from '../../src/cpu/reference/referencePrinter.js';
import { decodeAccess } from '../../src/cpu/state/accessWord.js';
import { PC_SLOT } from '../../src/cpu/state/stateLayout.js';
import type { RecordedMode } from '../vectors/power/inputs.js';
import { SCALAR_WORDS, STATE, STATE_WORDS, stateName } from '../vectors/power/observation.js';
import { readPowerScalars, writePowerState } from '../vectors/power/stateWords.js';
import { QEMU_POWER, qemuPowerVersion } from './powerRecorder/qemu.js';

const TIMEOUT_MILLISECONDS = 300_000;
const MAXIMUM_LOG_BYTES = 500_000_000;
const PAGE_BYTES = 0x1000;
const RAM_BYTES = 0x40_0000;
const INSTRUCTION_BYTES = 4n;

/** A point of a program: the address of the next instruction and the registers before it. */
interface ProgramPoint {
  readonly NIP: bigint;
  readonly state: BigUint64Array;
}

/** The registers before each instruction, as QEMU logged them. */
function* qemuLog(image: string, mode: RecordedMode): Generator<Result<ProgramPoint>> {
  const folder = mkdtempSync(join(tmpdir(), 'steptrap-oracle-'));
  try {
    const single = /version [0-7]\./.test(qemuPowerVersion(mode) ?? '') ? '-singlestep' : '-one-insn-per-tb';
    const options = ['-cpu', 'power9', single, '-d', 'cpu,nochain', '-D', 'log', image];
    const { status, error, stderr } = spawnSync(QEMU_POWER[mode], options, { cwd: folder, timeout: TIMEOUT_MILLISECONDS });
    if (error !== undefined || status !== 0) {
      yield failure('EIO', `${QEMU_POWER[mode]} failed on ${image}: ${error?.message ?? stderr.toString().trim()}`);
      return;
    }
    const log = readFileSync(join(folder, 'log'));
    if (log.length > MAXIMUM_LOG_BYTES) {
      yield failure('EIO', `The log of ${image} has ${log.length} bytes.`);
      return;
    }
    const text = log.toString('latin1');
    for (let at = text.indexOf('NIP '); at >= 0; ) {
      const next = text.indexOf('\nNIP ', at);
      yield success(pointOf(text.slice(at, next < 0 ? text.length : next)));
      at = next < 0 ? -1 : next + 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function pointOf(entry: string): ProgramPoint {
  const state = new BigUint64Array(STATE_WORDS);
  const first = /^NIP (\S+) +LR (\S+) CTR (\S+) XER (\S+)/.exec(entry) ?? [];
  const number = (digits: string | undefined): bigint => BigInt(`0x${digits ?? '0'}`);
  let n = 0;
  for (const [, ...four] of entry.matchAll(/^GPR\d\d (\S+) (\S+) (\S+) (\S+)/gm)) for (const digits of four) state[n++] = number(digits);
  state[STATE.LR] = number(first[2]);
  state[STATE.CTR] = number(first[3]);
  state[STATE.XER] = number(first[4]);
  state[STATE.CR] = number(/^CR (\S+)/m.exec(entry)?.[1]);
  return { NIP: number(first[1]), state };
}

/** A program in memory of which every page is there as soon as it is touched. */
class Guest {
  readonly engine: Interpreter;
  readonly #pages = new Map<bigint, number>();
  readonly #memory: EngineMemory;
  readonly #ram: number;

  constructor(
    private readonly instructions: InstructionSet,
    image: string,
    mode: RecordedMode,
  ) {
    this.engine = new Interpreter(instructions, buildInterpreter(instructions.rows, instructions.routines, instructions));
    const ram = this.engine.allocateRam(RAM_BYTES);
    if (ram === undefined) throw new Error('No memory for the program.');
    this.#ram = ram.hostOffset;
    this.#memory = new EngineMemory(this.engine, address => this.#hostOf(address), mode === 'ppc64' ? 'big' : 'little');
    this.#load(readFileSync(image), mode === 'ppc64le');
  }

  /** System V ABI, ELF-64 header and program headers. */
  #load(file: Buffer, isLittle: boolean): void {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const wide = (at: number): number => Number(view.getBigUint64(at, isLittle));
    const [headers, size, count] = [wide(0x20), view.getUint16(0x36, isLittle), view.getUint16(0x38, isLittle)];
    for (let header = headers; header < headers + size * count; header += size) {
      if (view.getUint32(header, isLittle) !== 1) continue;
      const [offset, address, bytes] = [wide(header + 0x08), BigInt(wide(header + 0x10)), wide(header + 0x20)];
      for (let n = 0; n < bytes; n++) this.engine.memory[this.#hostOf(address + BigInt(n))] = file[offset + n] ?? 0;
    }
  }

  #hostOf(address: bigint): number {
    const page = address / BigInt(PAGE_BYTES);
    let host = this.#pages.get(page);
    if (host === undefined) {
      host = this.#ram + this.#pages.size * PAGE_BYTES;
      if (host >= this.#ram + RAM_BYTES) throw new Error('The program touches more pages than there is memory.');
      this.#pages.set(page, host);
    }
    return host + Number(address % BigInt(PAGE_BYTES));
  }

  /** Runs one instruction. A sentence: what it could not do; `system call`: that it is one, and that it has not been done. */
  step(): 'done' | 'system call' | string {
    const { engine } = this;
    for (;;) {
      const stop = engine.run(1);
      const pc = engine.state.read(PC_SLOT);
      switch (stop) {
        case STOP.BUDGET:
          return 'done';
        case STOP.FETCH:
          if (engine.retired === 1) return 'done';
          engine.fillFetch(pc, this.#hostOf(pc));
          continue;
        case STOP.MEMORY:
          if (this.#isCrossing()) return this.#stepReference(pc);
          engine.fillRead(engine.faultAddress, this.#hostOf(engine.faultAddress));
          engine.fillWrite(engine.faultAddress, this.#hostOf(engine.faultAddress));
          continue;
        case STOP.LEAVE:
          return engine.routine === 'sc' ? 'system call' : `left to ${engine.routine}`;
        default:
          return `stopped by ${stop}`;
      }
    }
  }

  #isCrossing(): boolean {
    const { bytes } = decodeAccess(this.engine.faultAccess);
    return this.engine.faultAddress / BigInt(PAGE_BYTES) !== (this.engine.faultAddress + BigInt(bytes - 1)) / BigInt(PAGE_BYTES);
  }

  #stepReference(pc: bigint): 'done' | string {
    const word = Number(this.#memory.read(pc, Number(INSTRUCTION_BYTES)));
    const row = this.instructions.decode(word);
    const outcome = row === undefined ? undefined : executeReference(row, word, pc, this.engine.state, this.#memory);
    if (outcome?.kind !== 'next') return `an access across pages ended as ${outcome?.kind}`;
    this.engine.state.write(PC_SLOT, pc + INSTRUCTION_BYTES);
    return 'done';
  }
}

/** What a whole program came to. */
export interface PowerProgramReport {
  readonly instructions: number;
  /** The first difference, in words; `undefined`: there was none. */
  readonly difference: string | undefined;
}

/** Runs the ELF file `image` in QEMU and here, one instruction at a time, and compares all registers before each. What the kernel answers is taken over. */
export function powerProgramLockstep(image: string, mode: RecordedMode, instructions: InstructionSet): Result<PowerProgramReport> {
  const guest = new Guest(instructions, image, mode);
  let count = 0;
  let before = 0n;
  let takesOver = true;
  for (const logged of qemuLog(image, mode)) {
    if (!logged.ok) return logged;
    const { NIP, state } = logged.value;
    if (takesOver) {
      writePowerState(guest.engine.state, state);
      guest.engine.state.write(PC_SLOT, NIP);
    }
    const ours = readPowerScalars(guest.engine.state);
    const pc = guest.engine.state.read(PC_SLOT);
    const differences: string[] = pc === NIP ? [] : [`pc is 0x${pc.toString(16)} instead of 0x${NIP.toString(16)}`];
    for (let n = 0; n < SCALAR_WORDS; n++) {
      // The log does not show VRSAVE.
      if (n === STATE.VRSAVE || ours[n] === state[n]) continue;
      differences.push(`${stateName(n)} is 0x${ours[n]?.toString(16)} instead of 0x${state[n]?.toString(16)}`);
    }
    if (differences.length > 0) {
      const where = `after ${count} instructions, the last one at 0x${before.toString(16)}`;
      return success({ instructions: count, difference: `${where}: ${differences.join('; ')}` });
    }
    const step = guest.step();
    if (step !== 'done' && step !== 'system call')
      return success({ instructions: count, difference: `after ${count} instructions: ${step}` });
    takesOver = step === 'system call';
    before = NIP;
    count++;
  }
  return success({ instructions: count, difference: takesOver && count > 1 ? undefined : 'QEMU has ended where no system call is.' });
}
