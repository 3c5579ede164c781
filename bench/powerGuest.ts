// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import {
  type InterpreterImage,
  POWER_CPU_MODELS,
  POWER_MODE_NAMES,
  PowerEngineShare,
  type PowerModeName,
  powerInterpreter,
  readImage,
} from '../src/cpu/index.js';
import {
  HCALL_RESULT,
  KVM_CAP,
  KVM_EXIT,
  Kvm,
  type KvmKind,
  kvm_enable_cap,
  kvm_userspace_memory_region,
  kvmQuirks,
  powerpc,
  ppc_kvm_regs,
  type Vcpu,
} from '../src/kvm/index.js';
import { parseElf } from '../src/symbols/index.js';
import { granted, MEMORY_BYTES, ROOT, SLICE_INSTRUCTIONS } from './guest.js';

/** The byte orders of 64-bit POWER, by the names that figures have. */
export type PowerIsa = 'ppc64' | 'ppc64le';

/** A guest of 64-bit POWER in KVM that has not run. Its only hypercalls for user space are H_PUT_TERM_CHAR and H_SET_MODE of its byte order. */
export interface PowerBenchGuest {
  readonly vcpu: Vcpu;
  /** All that the guest has sent to its console. */
  console(): string;
  /** Runs for `instructions`, or until the console has shown `last` and the end of its line. Answers how many retired. */
  run(instructions: number, last?: string): number;
}

/** MSR[SF] and MSR[ME]: 64-bit, big-endian, privileged, translation off. */
export const ENTRY_MSR = 0x8000_0000_0000_1000n;

const [H_PUT_TERM_CHAR, H_SET_MODE] = [0x58n, 0x31cn];

/** An engine with the ELF at `path` (relative to the root) in its memory, linked from real address 0 on. */
export function loadPowerGuest(path: string) {
  const images = Object.fromEntries(
    POWER_MODE_NAMES.map(mode => [mode, granted(readImage(new Uint8Array(readFileSync(`${ROOT}/out/generated/${mode}.wasm`))))]),
  ) as Record<PowerModeName, InterpreterImage>; // Every mode is a key.
  const model = POWER_CPU_MODELS.power9;
  const engine = powerInterpreter(model, images);
  const ram = engine.allocateRam(MEMORY_BYTES);
  if (ram === undefined) throw new Error('There is no memory for the guest.');
  const { segments, entry } = granted(parseElf(new Uint8Array(readFileSync(`${ROOT}/${path}`))));
  for (const segment of segments) engine.memory.set(segment.bytes, ram.hostOffset + Number(segment.physicalAddress));
  return { engine, share: new PowerEngineShare(engine), model, hostOffset: ram.hostOffset, entry };
}

/** Boots the ELF at `path` in KVM, on a processor `power9`. */
export function bootPowerGuest(path: string, kind: KvmKind): PowerBenchGuest {
  const { share, model, hostOffset, entry } = loadPowerGuest(path);
  const kvm = new Kvm({ architecture: powerpc({ share, model, kind }), quirks: kvmQuirks('exact') });
  const vm = granted(kvm.createVm());
  vm.setUserMemoryRegion(kvm_userspace_memory_region.make({ memory_size: BigInt(MEMORY_BYTES), userspace_addr: BigInt(hostOffset) }));
  const vcpu = granted(vm.createVcpu(0));
  if (kind === 'pr') vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_PAPR }));
  vcpu.call('KVM_SET_REGS', ppc_kvm_regs.make({ pc: entry, msr: ENTRY_MSR }));
  let sent = '';

  /** KVM_RUN has returned: serves the console; the byte order of interrupts is taken as it is, for there will be none. Anything else the bench does not have. */
  const serve = (): void => {
    const { kvmRun } = vcpu;
    const isHypercall = kvmRun.exit_reason === KVM_EXIT.PAPR_HCALL;
    if (!isHypercall || (kvmRun.papr_hcall_nr !== H_PUT_TERM_CHAR && kvmRun.papr_hcall_nr !== H_SET_MODE))
      throw new Error(`The guest left with exit reason ${kvmRun.exit_reason}, hypercall ${kvmRun.papr_hcall_nr}.`);
    kvmRun.papr_hcall_ret = HCALL_RESULT.SUCCESS;
    if (kvmRun.papr_hcall_nr === H_SET_MODE) return;
    const [, length = 0n, characters = 0n] = kvmRun.papr_hcall_args;
    for (let n = 0; n < Number(length); n++) sent += String.fromCharCode(Number((characters >> BigInt(56 - 8 * n)) & 0xffn));
  };

  const run = (instructions: number, last?: string): number => {
    const { scheduler } = kvm;
    const start = scheduler.virtualTime;
    for (;;) {
      const left = start + instructions - scheduler.virtualTime;
      if (left <= 0) break;
      const result = scheduler.run([vcpu], { maximumInstructions: Math.min(left, SLICE_INSTRUCTIONS) });
      if (result.kind === 'idle') throw new Error('The guest waits for something that the bench does not give.');
      if (result.kind !== 'returned') continue;
      serve();
      if (last !== undefined && sent.endsWith(`${last}\n`)) break;
    }
    return scheduler.virtualTime - start;
  };

  return { vcpu, console: () => sent, run };
}
