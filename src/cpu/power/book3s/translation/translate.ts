// SPDX-License-Identifier: MIT
import { encode } from '../../../registers/describeRegister.js';
import type { PowerCore } from '../core.js';
import { DSISR } from '../registers/controlRegisters.js';
import { MSR_BIT } from '../registers/machineState.js';
import { specialPurposeSlot } from '../registers/specialPurposeRegisters.js';
import { translateHashed } from './hashedPages.js';
import type { AccessKind, RealMemory, Translated } from './processScope.js';
import { translateRadix } from './radix.js';
import { realModeAddress } from './realMode.js';

const [AMR, IAMR] = [specialPurposeSlot('AMR'), specialPurposeSlot('IAMR')];
const PROTECTION: Translated = { kind: 'storage', status: encode(DSISR, { PROTECTION: 1 }) };
const NO_TRANSLATION: Translated = { kind: 'storage', status: encode(DSISR, { NO_TRANSLATION: 1 }) };
const [IR, DR] = [Number(MSR_BIT.IR), Number(MSR_BIT.DR)];
const PAGE_BYTES = 4096n;

/** The guest real address of `ea` in the current state, or why there is none. */
export function translate(core: PowerCore, ea: bigint, access: AccessKind): Translated {
  const { registers, processScope } = core;
  if ((registers.status & (access.kind === 'fetch' ? IR : DR)) === 0) {
    const address = realModeAddress(ea);
    return core.realModeLimit !== undefined && address >= core.realModeLimit ? PROTECTION : { kind: 'real', address };
  }
  switch (processScope.kind) {
    case 'none':
      return NO_TRANSLATION;
    case 'radix': {
      const { processTable, bytes } = processScope;
      const context = { processTable, bytes, pid: registers.pid, AMR: registers.read(AMR), IAMR: registers.read(IAMR) };
      return translateRadix(ea, context, access, realMemory(core));
    }
    case 'hash': {
      const segment = core.slb.find(ea);
      return segment === undefined ? { kind: 'segment' } : translateHashed(ea, segment, access, registers.read(AMR), processScope.table);
    }
  }
}

/** Guest real memory for table walks. */
function realMemory({ partitionScope, engine }: PowerCore): RealMemory {
  const place = (realAddress: bigint): number | undefined => {
    const page = partitionScope.translate(realAddress);
    return page === undefined ? undefined : page.hostOffset + Number(realAddress % PAGE_BYTES);
  };
  const view = (): DataView => new DataView(engine.memory.buffer, engine.memory.byteOffset);
  return {
    read: realAddress => {
      const at = place(realAddress);
      return at === undefined ? undefined : view().getBigUint64(at);
    },
    write: (realAddress, value) => {
      const at = place(realAddress);
      if (at === undefined) return;
      view().setBigUint64(at, value);
      engine.invalidateCode(at, 8);
    },
  };
}
