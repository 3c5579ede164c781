// SPDX-License-Identifier: MIT

import { CPU_MODELS, type CpuModel } from '../../src/cpu/aarch64/cpuModels.js';
import { EngineShare } from '../../src/cpu/aarch64/engineShare.js';
import type { GuestExit } from '../../src/cpu/aarch64/guestExit.js';
import { AARCH64_INSTRUCTION_SET } from '../../src/cpu/aarch64/instructionSet.js';
import { ProcessingElement } from '../../src/cpu/aarch64/processingElement.js';
import { systemRegisterNamed } from '../../src/cpu/aarch64/registers/systemRegisters.js';
import { buildInterpreter, Interpreter } from '../../src/cpu/interpreter/index.js';

const IMAGE = buildInterpreter(AARCH64_INSTRUCTION_SET.rows, AARCH64_INSTRUCTION_SET.routines, AARCH64_INSTRUCTION_SET);
/** Where RAM lies in the guest; everything else has no stage 2 translation. */
export const RAM = 0x4000_0000n;
const RAM_BYTES = 0x1_0000;
/** VBAR_EL1 of the guests here: a page of NOPs. */
export const VECTORS = RAM + 0x2000n;
/** A page for data. */
export const DATA = RAM + 0x4000n;
/** A page that stage 2 maps read-only. */
export const READ_ONLY = RAM + 0x8000n;
const NOP = 0xd503_201f;

/** PSTATE values in the layout of SPSR. */
export const PSTATE = { EL1h: 0x3c5, EL1hUnmasked: 0x005, EL0: 0x000, SS: 0x20_0000, IL: 0x10_0000 } as const;

/** A machine of one or more processing elements with code at `RAM`. */
export class Guest {
  readonly engine = new Interpreter(AARCH64_INSTRUCTION_SET, IMAGE);
  readonly elements: readonly ProcessingElement[];
  readonly #hostOffset: number;

  constructor(words: readonly number[], options: { model?: CpuModel; count?: number } = {}) {
    const ram = this.engine.allocateRam(RAM_BYTES);
    if (ram === undefined) throw new Error('no RAM');
    this.#hostOffset = ram.hostOffset;
    const share = new EngineShare(this.engine);
    const stage2 = {
      translate: (ipa: bigint) =>
        ipa >= RAM && ipa < RAM + BigInt(RAM_BYTES)
          ? { hostOffset: ram.hostOffset + (Number(ipa - RAM) & ~0xfff), writable: ipa >> 12n !== READ_ONLY >> 12n }
          : undefined,
    };
    this.elements = Array.from(
      { length: options.count ?? 1 },
      (_, index) => new ProcessingElement({ share, model: options.model ?? CPU_MODELS['cortex-a57'], index, stage2 }),
    );
    for (let offset = 0; offset < 0x1000; offset += 4) this.poke32(VECTORS + BigInt(offset), NOP);
    words.forEach((word, n) => {
      this.poke32(RAM + BigInt(n * 4), word);
    });
    for (const pe of this.elements) {
      pe.pc = RAM;
      this.set('VBAR_EL1', VECTORS, pe);
    }
  }

  get pe(): ProcessingElement {
    const [first] = this.elements;
    if (first === undefined) throw new Error('no processing element');
    return first;
  }

  get #view(): DataView {
    return new DataView(this.engine.memory.buffer);
  }

  poke32(address: bigint, word: number): void {
    const offset = this.#hostOffset + Number(address - RAM);
    this.#view.setUint32(offset, word, true);
    this.engine.invalidateCode(offset, 4);
  }

  peek64(address: bigint): bigint {
    return this.#view.getBigUint64(this.#hostOffset + Number(address - RAM), true);
  }

  set(name: string, value: bigint, pe = this.pe): void {
    const row = systemRegisterNamed(name);
    if (row === undefined || !pe.setSystemRegister(row.encoding, value)) throw new Error(`${name} cannot be written`);
  }

  get(name: string): bigint | undefined {
    const row = systemRegisterNamed(name);
    return row === undefined ? undefined : this.pe.systemRegister(row.encoding);
  }

  /** Software step as the kernel arms it: TDE, MDSCR_EL1.SS, PSTATE.SS. */
  armStep(): void {
    this.pe.MDCR_EL2 = TDE;
    this.set('MDSCR_EL1', 1n);
    this.pe.pstate |= PSTATE.SS;
  }
}

/** MDCR_EL2.TDE and the other traps. */
export const TDE = 1n << 8n;
export const TDA = 1n << 9n;

/** ESR of an exception exit, in hexadecimal; what else it is otherwise. */
export const seen = (exit: GuestExit): string => (exit.kind === 'exception' ? `ESR 0x${exit.ESR.toString(16)}` : exit.kind);

/** Instruction words by their assembly. */
export const A64 = {
  nop: NOP,
  'svc #1': 0xd400_0021,
  'hvc #2': 0xd400_0042,
  'smc #3': 0xd400_0063,
  'brk #0': 0xd420_0000,
  'brk #4': 0xd420_0080,
  'hlt #0xf000': 0xd45e_0000,
  'udf #0': 0,
  eret: 0xd69f_03e0,
  'mrs x0, mdscr_el1': 0xd530_0240,
  'msr mdscr_el1, x0': 0xd510_0240,
  'msr daifclr, #2': 0xd503_42ff,
  wfi: 0xd503_207f,
  'ldxr x2, [x1]': 0xc85f_7c22,
  'str w2, [x1, #4]': 0xb900_0422,
  'ldr x2, [x1]': 0xf940_0022,
  'strb w2, [x1, #5]': 0x3900_1422,
  'strb w2, [x1]': 0x3900_0022,
  'ldp x2, x3, [x1]': 0xa940_0c22,
  'add x4, x4, #1': 0x9100_0484,
  'br x5': 0xd61f_00a0,
  'mrs x0, currentel': 0xd538_4240,
  'mrs x0, cntvct_el0': 0xd53b_e040,
  'mrs x0, ctr_el0': 0xd53b_0020,
  'msr sctlr_el1, x0': 0xd518_1000,
  'dc zva, x1': 0xd50b_7421,
  'at s1e1r, x1': 0xd508_7801,
  'mrs x0, par_el1': 0xd538_7400,
  'ldadd x2, x3, [x1]': 0xf822_0023,
  'fmov d0, #1.0': 0x1e6e_1000,
  'fadd of size 10, half precision': 0x1ee2_2820,
  'msr oslar_el1, x0': 0xd510_1080,
  'mrs x0, dbgbvr7_el1': 0xd530_0780,
  'msr spsel, #0': 0xd500_40bf,
  'mov x0, sp': 0x9100_03e0,
  'b .': 0x1400_0000,
  'mrs x0, midr_el1': 0xd538_0000,
  'sttr w2, [x1]': 0xb800_0822,
} as const;
