// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { KVM_CAP, KVM_EXIT, KVM_GUESTDBG, kvm_enable_cap, kvm_ppc_htab, ppc_kvm_sregs, type Vcpu } from '../../src/kvm/index.js';
import { KVM_TRAP, ppc } from '../cpu/powerWords.js';
import {
  CODE,
  guestDebug,
  MSR_REAL,
  type PowerpcGuest,
  type PowerpcGuestOptions,
  powerpcGuest,
  RAM_BYTES,
  regs,
  setRegs,
} from './powerpcGuest.js';

export const hcall = ppc.sc(1);
export const ORDER = 18;
export const [IR, DR] = [0x20n, 0x10n];
export const [R, C] = [0x100n, 0x80n];
export const [EXACT, READ_4, AVPN, ANDCOND] = [1n << 39n, 1n << 37n, 1n << 31n, 1n << 30n];
export const [SUCCESS, FUNCTION, PARAMETER, PTEG_FULL, NOT_FOUND] = [0n, -2n, -4n, -6n, -7n];
export const VSID = 0x123n;
/** Doubleword 0 of an entry for VSID 0x123, segment of 256 MB, pages of 4 KB below 8 MB. */
export const HIGH = (VSID << 12n) | 1n;
export const READ_WRITE = 0x2n;
/** SDR1 of a table in user space's memory behind the guest's RAM. */
export const PR_TABLE = BigInt(RAM_BYTES);

export interface HashGuest extends PowerpcGuest {
  /** Makes a hypercall: GPR 3 as a signed number, and GPR 4 onward. */
  call(number: number, ...args: readonly bigint[]): { readonly result: bigint; readonly answers: readonly bigint[] };
}

/** A guest with a hashed page table of 2^18 bytes. */
export function hashGuest(options: PowerpcGuestOptions = {}): HashGuest {
  const guest = powerpcGuest({ code: [hcall, KVM_TRAP], userBytes: 2 ** ORDER, ...options });
  const { vm, vcpu } = guest;
  guestDebug(vcpu, KVM_GUESTDBG.USE_SW_BP);
  if (options.kind === 'pr') {
    assert.equal(vcpu.enableCap(kvm_enable_cap.make({ cap: KVM_CAP.PPC_PAPR })), 0);
    sregs(vcpu, view => {
      view.sdr1 = guest.userOffset + PR_TABLE;
    });
  } else assert.equal(vm.call('KVM_PPC_ALLOCATE_HTAB', kvm_ppc_htab.make({ order: ORDER })), 0);
  return {
    ...guest,
    call: (number, ...args) => {
      setRegs(
        vcpu,
        { pc: BigInt(CODE), msr: MSR_REAL },
        { 3: BigInt(number), ...Object.fromEntries(args.map((value, n) => [4 + n, value])) },
      );
      assert.equal(vcpu.run(), 0);
      assert.deepEqual([vcpu.kvmRun.exit_reason, regs(vcpu).pc], [KVM_EXIT.DEBUG, BigInt(CODE + 4)]);
      const { gpr } = regs(vcpu);
      return { result: BigInt.asIntN(64, gpr[3] ?? 0n), answers: [...gpr.subarray(4, 12)] };
    },
  };
}

export function sregs(vcpu: Vcpu, change: (view: ReturnType<typeof ppc_kvm_sregs.over>) => void): void {
  const bytes = ppc_kvm_sregs.make();
  assert.equal(vcpu.call('KVM_GET_SREGS', bytes), 0);
  change(ppc_kvm_sregs.over(bytes));
  assert.equal(vcpu.call('KVM_SET_SREGS', bytes), 0);
}

/** The group of an address below 8 MB in the segment, by the primary hash, as an index. */
export const groupOf = (ea: bigint): bigint => ((VSID ^ (ea >> 12n)) & BigInt(2 ** (ORDER - 7) - 1)) * 8n;

/** Segment 0 for VSID 0x123. */
export function enterSegment(vcpu: Vcpu): void {
  sregs(vcpu, ({ slb }) => slb.set([1n << 27n, VSID << 12n]));
}
