// SPDX-License-Identifier: MIT
import { INTERRUPT, type InterruptExit, MSR_BIT } from '../../cpu/index.js';
import { KVM_EXIT } from '../abi/constants.js';
import { reportUnimplemented } from '../engineExits.js';
import { type HandlerResult, TO_GUEST, TO_USER_SPACE } from '../handlerResult.js';
import { readMmioData, writeMmioData } from '../mmioData.js';
import type { PowerpcVcpuState } from './vcpuState.js';

// Loads and stores of devices (Linux 6.1: arch/powerpc/kvm/emulate_loadstore.c, powerpc.c kvmppc_emulate_mmio(), kvmppc_handle_load(), kvmppc_handle_store()).

/** The instructions that Linux emulates: those of one register that is no vector. */
const EMULATED: ReadonlySet<string> = new Set(
  (
    'lbz lbzu lbzx lbzux lhz lhzu lhzx lhzux lha lhau lhax lhaux lwz lwzu lwzx lwzux lwa lwax lwaux ld ldu ldx ldux lhbrx lwbrx ldbrx ' +
    'stb stbu stbx stbux sth sthu sthx sthux stw stwu stwx stwux std stdu stdx stdux sthbrx stwbrx stdbrx ' +
    'lfs lfsu lfsx lfsux lfd lfdu lfdx lfdux lfiwax lfiwzx stfs stfsu stfsx stfsux stfd stfdu stfdx stfdux stfiwx'
  ).split(' '),
);
/** CACHEOP: a device has no cache, so that nothing is to be done. */
const CACHE: ReadonlySet<string> = new Set(['dcbz', 'dcbf', 'dcbst', 'dcbt', 'dcbtst', 'icbi', 'icbt']);
/** Vectors, which Linux moves in several accesses. */
const VECTOR = /^(lv|stv|lx|stx)/;
/** DSISR_BADACCESS: the access is not allowed for what is behind the address. */
const [BADACCESS, ISSTORE] = [0x0400_0000n, 0x0200_0000n];

const isBigEndian = ({ pe }: PowerpcVcpuState): boolean => (pe.msr & MSR_BIT.LE) === 0n;

/**
 * kvmppc_emulate_mmio(): an access outside memory goes to user space. The instruction is over then, with pc behind it and RA of an update form
 * set; only the target of a load is filled in by the next KVM_RUN.
 */
export function startMmio(vcpu: PowerpcVcpuState, exit: InterruptExit): HandlerResult {
  const { pe, run } = vcpu;
  const access = pe.emulatedAccess();
  const name = access?.instruction ?? '';
  if (CACHE.has(name)) {
    pe.advance();
    return TO_GUEST;
  }
  if (VECTOR.test(name))
    return reportUnimplemented(vcpu, {
      kind: 'unimplemented',
      name: `${name} of a device at 0x${exit.realAddress.toString(16)}`,
      reason: 'accesses of vector registers to devices are not emulated',
      word: exit.instruction,
      address: pe.pc,
    });
  if (access === undefined || !EMULATED.has(name)) {
    pe.injectInterrupt(INTERRUPT.dataStorage, { address: exit.address, DSISR: BADACCESS | (exit.DSISR & ISSTORE) });
    return TO_GUEST;
  }
  const isStore = access.direction === 'store';
  if (isStore) writeMmioData(run.mmio_data, access.bytes, access.value, isBigEndian(vcpu));
  run.mmio_is_write = isStore ? 1 : 0;
  run.mmio_phys_addr = exit.realAddress;
  run.mmio_len = access.bytes;
  run.exit_reason = KVM_EXIT.MMIO;
  access.advance();
  vcpu.mmio = access;
  return TO_USER_SPACE;
}

/** kvmppc_complete_mmio_load(): the next KVM_RUN. */
export function completeMmio(vcpu: PowerpcVcpuState): void {
  const { mmio } = vcpu;
  if (mmio === undefined) return;
  vcpu.mmio = undefined;
  if (mmio.direction === 'load') mmio.complete(readMmioData(vcpu.run.mmio_data, mmio.bytes, isBigEndian(vcpu)));
}
