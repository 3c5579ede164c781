// SPDX-License-Identifier: MIT
import { hex } from '../base/index.js';
import type { ErrnoName } from './abi/errno.js';
import { type CallAnswer, refusal } from './kvmFile.js';

/** One register as KVM_GET_ONE_REG and KVM_SET_ONE_REG reach it, in the state of an architecture's vCPU. */
export interface OneRegister<State> {
  readonly id: bigint;
  /** As the log prints it. */
  readonly name: string;
  /** 4, 8 or 16. */
  readonly bytes: number;
  /** Of 16 bytes: what the 16 bytes are as one little-endian number, unless `raw` is there. */
  readonly get: (vcpu: State) => bigint;
  /** Answers the errno's name if the value is not taken. */
  readonly set: (vcpu: State, value: bigint) => ErrnoName | undefined;
  /** Why this vCPU has the register not, though it has the id; `undefined`: it has it. */
  readonly absent?: (vcpu: State) => ErrnoName | undefined;
  /** The register's bytes themselves. */
  readonly raw?: (vcpu: State) => Uint8Array;
}

const RECENT = 4;

/** All registers of an architecture by id, in the order of KVM_GET_REG_LIST. */
export class OneRegisterTable<State> {
  readonly #byId: ReadonlyMap<bigint, OneRegister<State>>;
  /** By the id's low half, which tells most of those of at most 64 bits apart: finding a number is much quicker than finding a bigint. */
  readonly #byLowHalf: ReadonlyMap<number, OneRegister<State>>;
  /** Those that were asked for last: a debugger's step asks for the same few again and again, and comparing is quicker still. */
  readonly #recent: OneRegister<State>[] = [];
  #oldest = 0;
  readonly ids: readonly bigint[];

  constructor(
    registers: readonly OneRegister<State>[],
    /** Why there is no register `id`. */
    readonly missing: (id: bigint) => ErrnoName,
  ) {
    this.#byId = new Map(registers.map(register => [register.id, register]));
    this.#byLowHalf = new Map(registers.map(register => [lowHalf(register.id), register]));
    this.ids = [...this.#byId.keys()];
  }

  find(id: bigint): OneRegister<State> | undefined {
    for (const register of this.#recent) if (register.id === id) return register;
    const likely = this.#byLowHalf.get(lowHalf(id));
    const register = likely?.id === id ? likely : this.#byId.get(id);
    if (register !== undefined) this.#recent[this.#oldest++ % RECENT] = register;
    return register;
  }

  /** The name of a register, or the id in hexadecimal. */
  readonly nameOf = (id: bigint): string => this.#byId.get(id)?.name ?? `register ${hex(id)}`;
}

function lowHalf(id: bigint): number {
  return Number(BigInt.asUintN(32, id));
}

/** The registers of one vCPU. */
export interface VcpuRegisters {
  /** What KVM_GET_REG_LIST answers; `undefined`: the architecture has no such call. */
  readonly list: readonly bigint[] | undefined;
  /** The name of a register, or the id in hexadecimal. The function is the architecture's, not the vCPU's. */
  readonly nameOf: (id: bigint) => string;
  /** A register of at most 64 bits, for callers that ask a million times a second; `undefined`: there is none. */
  value(id: bigint): bigint | undefined;
  /** The same for writing; `undefined`: there is none. */
  setValue(id: bigint, value: bigint): CallAnswer | undefined;
  /** KVM_GET_ONE_REG: fills `into`, which must hold the register's bytes. */
  get(id: bigint, into: Uint8Array): CallAnswer;
  /** KVM_SET_ONE_REG. */
  set(id: bigint, from: Uint8Array): CallAnswer;
}

/** Bytes of the registers with a U32 id. */
const WORD_BYTES = 4;
/** Bytes of the registers with a U64 id: above it there is no fast way. */
const LONG_BYTES = 8;

/** The registers of a vCPU with the state `state`. */
export class RegistersOfVcpu<State> implements VcpuRegisters {
  readonly nameOf: (id: bigint) => string;

  constructor(
    private readonly table: OneRegisterTable<State>,
    private readonly state: State,
    private readonly options: {
      readonly hasList: boolean;
      /** Carries out what the vCPU's thread has been asked for, before anybody sees a register. */
      readonly settle: () => void;
    },
  ) {
    this.nameOf = table.nameOf;
  }

  get list(): readonly bigint[] | undefined {
    return this.options.hasList ? this.table.ids : undefined;
  }

  value(id: bigint): bigint | undefined {
    const register = this.#find(id);
    if (register === undefined || register.bytes > LONG_BYTES) return undefined;
    this.options.settle();
    return register.get(this.state);
  }

  setValue(id: bigint, value: bigint): CallAnswer | undefined {
    const register = this.#find(id);
    if (register === undefined || register.bytes > LONG_BYTES) return undefined;
    this.options.settle();
    return this.#write(register, BigInt.asUintN(8 * register.bytes, value));
  }

  #write(register: OneRegister<State>, content: bigint): CallAnswer {
    const code = register.set(this.state, content);
    return code === undefined ? 0 : refusal(code, `${register.name} does not take this value.`);
  }

  get(id: bigint, into: Uint8Array): CallAnswer {
    const register = this.#find(id);
    if (register === undefined || into.length < register.bytes) return this.#refuse(id);
    this.options.settle();
    if (register.raw !== undefined) {
      into.set(register.raw(this.state));
      return 0;
    }
    const view = new DataView(into.buffer, into.byteOffset);
    const content = register.get(this.state);
    if (register.bytes === WORD_BYTES) view.setUint32(0, Number(content), true);
    else view.setBigUint64(0, content, true);
    if (register.bytes > LONG_BYTES) view.setBigUint64(LONG_BYTES, content >> 64n, true);
    return 0;
  }

  set(id: bigint, from: Uint8Array): CallAnswer {
    const register = this.#find(id);
    if (register === undefined || from.length < register.bytes) return this.#refuse(id);
    this.options.settle();
    if (register.raw !== undefined) {
      register.raw(this.state).set(from.subarray(0, register.bytes));
      return 0;
    }
    const view = new DataView(from.buffer, from.byteOffset);
    const low = register.bytes === WORD_BYTES ? BigInt(view.getUint32(0, true)) : view.getBigUint64(0, true);
    const content = register.bytes > LONG_BYTES ? low | (view.getBigUint64(LONG_BYTES, true) << 64n) : low;
    return this.#write(register, content);
  }

  /** The register, if this vCPU has it. */
  #find(id: bigint): OneRegister<State> | undefined {
    const register = this.table.find(id);
    return register?.absent?.(this.state) === undefined ? register : undefined;
  }

  #refuse(id: bigint): CallAnswer {
    const absent = this.table.find(id)?.absent?.(this.state);
    if (absent !== undefined) return refusal(absent, `This vCPU has no ${this.nameOf(id)} at present.`);
    if (this.table.find(id) !== undefined) return refusal('EFAULT', `The buffer is smaller than ${this.nameOf(id)}.`);
    const hint = this.options.hasList ? ' KVM_GET_REG_LIST names the ones it has.' : '';
    return refusal(this.table.missing(id), `This vCPU has no ${this.nameOf(id)}.${hint}`);
  }
}
