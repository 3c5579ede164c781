// SPDX-License-Identifier: MIT
import { HCALL_RESULT } from '../../abi/powerpc/constants.js';
import type { PowerpcVmState } from '../vmState.js';
import { type Hypercall, toGuest } from './hypercall.js';
import type { RtasCall } from './rtasTokens.js';

// Linux 6.1: arch/powerpc/kvm/book3s_rtas.c.

/** Status word of a call that failed. */
const FAILED = -3;

/** Bits of a guest real address: KVM_PAM. */
const REAL_ADDRESS = 0x0fff_ffff_ffff_ffffn;
/** struct rtas_args: token, number of inputs and of outputs, and room for 16 of both, in big-endian words. */
const [HEAD_WORDS, ROOM, WORD_BYTES] = [3, 16, 4];

/** H_RTAS, kvmppc_rtas_hcall(): GPR 4 has the address of the arguments. What has no token here is user space's. */
export const rtas: Hypercall = (vcpu, argument) => {
  const { vm } = vcpu;
  if (vm.rtasTokens.isEmpty) return undefined;
  const address = argument(0) & REAL_ADDRESS;
  const bytes = vm.readReal(address, (HEAD_WORDS + ROOM) * WORD_BYTES);
  if (bytes === undefined) return undefined;
  const words = new DataView(bytes.buffer, bytes.byteOffset);
  const word = (n: number): number => words.getUint32(n * WORD_BYTES);
  const call = vm.rtasTokens.callOf(word(0));
  const [inputs, outputs] = [word(1), word(2)];
  if (call === undefined || inputs >= ROOM) return undefined;
  writeResult(
    vm,
    address,
    inputs,
    resultOf(call, vm, inputs, outputs, n => word(HEAD_WORDS + n)),
  );
  return toGuest(HCALL_RESULT.SUCCESS);
};

function resultOf(
  call: RtasCall,
  { xics }: PowerpcVmState,
  inputs: number,
  outputs: number,
  input: (n: number) => number,
): readonly number[] {
  const returned = inputs === call.inputs && outputs === call.outputs && xics !== undefined ? call.work(xics, input) : undefined;
  return returned === undefined ? [FAILED] : [0, ...returned];
}

function writeResult(vm: PowerpcVmState, address: bigint, inputs: number, result: readonly number[]): void {
  const bytes = new Uint8Array(result.length * WORD_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [n, value] of result.entries()) view.setInt32(n * WORD_BYTES, value);
  vm.writeReal(address + BigInt((HEAD_WORDS + inputs) * WORD_BYTES), bytes);
}
