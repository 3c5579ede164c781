// SPDX-License-Identifier: MIT
import { encode, mask32, maskOf } from '../../registers/describeRegister.js';
import type { Core } from '../core.js';
import type { GuestExit } from '../guestExit.js';
import { FAULT_STATUS, HCR_EL2, PAR_EL1, PAR_EL1_FAULT, SCTLR_EL1 } from '../registers/controlRegisters.js';
import { systemEncoding } from '../registers/encoding.js';
import { systemSlot } from '../registers/systemRegisters.js';
import { translateStage1Off } from '../translation/stage1Off.js';
import { dataAbortSyndrome, systemRegisterSyndrome } from './syndromes.js';

/** What a SYS operation does. */
type Operation = 'cache' | 'cacheByAddress' | 'zero' | 'translate' | 'TLB';

interface SystemInstruction {
  readonly name: string;
  readonly encoding: number;
  readonly operation: Operation;
  /** The bit of HCR_EL2 that traps it; 0: none. */
  readonly trap: number;
}

const [TSW, TPU, TPC, TTLB, TDZ] = [
  mask32(HCR_EL2, 'TSW'),
  mask32(HCR_EL2, 'TPU'),
  mask32(HCR_EL2, 'TPC'),
  mask32(HCR_EL2, 'TTLB'),
  mask32(HCR_EL2, 'TDZ'),
];
const [UCI, DZE] = [mask32(SCTLR_EL1, 'UCI'), mask32(SCTLR_EL1, 'DZE')];
const PAR = systemSlot('PAR_EL1');

const row = (name: string, op1: number, CRm: number, op2: number, operation: Operation, trap = 0, CRn = 7): SystemInstruction => ({
  name,
  encoding: systemEncoding(1, op1, CRn, CRm, op2),
  operation,
  trap,
});
const TLB_CRn = 8;
const tlb = (CRm: number, suffix: string): readonly SystemInstruction[] =>
  ['VMALLE1', 'VAE1', 'ASIDE1', 'VAAE1', undefined, 'VALE1', undefined, 'VAALE1'].flatMap((name, op2) =>
    name === undefined ? [] : [row(`TLBI ${name}${suffix}`, 0, CRm, op2, 'TLB', TTLB, TLB_CRn)],
  );

/** The system instructions of EL1 and EL0. What is not here is UNDEFINED. */
// biome-ignore format: one row a line
export const SYSTEM_INSTRUCTIONS: readonly SystemInstruction[] = [
  row('IC IALLUIS', 0, 1, 0, 'cache', TPU),
  row('IC IALLU', 0, 5, 0, 'cache', TPU),
  row('DC IVAC', 0, 6, 1, 'cacheByAddress', TPC),
  row('DC ISW', 0, 6, 2, 'cache', TSW),
  row('AT S1E1R', 0, 8, 0, 'translate'),
  row('AT S1E1W', 0, 8, 1, 'translate'),
  row('AT S1E0R', 0, 8, 2, 'translate'),
  row('AT S1E0W', 0, 8, 3, 'translate'),
  row('DC CSW', 0, 10, 2, 'cache', TSW),
  row('DC CISW', 0, 14, 2, 'cache', TSW),
  ...tlb(3, 'IS'),
  ...tlb(7, ''),
  row('DC ZVA', 3, 4, 1, 'zero', TDZ),
  row('IC IVAU', 3, 5, 1, 'cacheByAddress', TPU),
  row('DC CVAC', 3, 10, 1, 'cacheByAddress', TPC),
  row('DC CVAU', 3, 11, 1, 'cacheByAddress', TPU),
  row('DC CIVAC', 3, 14, 1, 'cacheByAddress', TPC),
];
const BY_ENCODING = new Map(SYSTEM_INSTRUCTIONS.map(each => [each.encoding, each]));
const OP1_OF_EL0 = 3;
const isForEL0 = (encoding: number): boolean => (encoding >>> 11) % 8 === OP1_OF_EL0;

/** Executes SYS. The caches are not modelled: maintenance does nothing once it is permitted. */
export function executeSystemInstruction(core: Core, encoding: number, Rt: number): GuestExit | undefined {
  const { registers, engine } = core;
  const instruction = BY_ENCODING.get(encoding);
  if (instruction === undefined || (registers.isEL0 && !isForEL0(encoding))) return core.takeUndefined();
  const { operation, trap } = instruction;
  const syndrome = systemRegisterSyndrome(encoding, Rt, false);
  if (registers.isEL0 && !core.sctlrHas(operation === 'zero' ? DZE : UCI)) return core.takeSynchronous(syndrome);
  if ((core.hcr & trap) !== 0) return core.takeToEL2(syndrome);
  const address = registers.x(Rt);
  switch (operation) {
    case 'zero': {
      // With the MMU off all memory is Device memory, where DC ZVA makes an Alignment fault after the checks of stage 1.
      const status = translateStage1Off(core, address) === undefined ? FAULT_STATUS.addressSizeLevel0 : FAULT_STATUS.alignment;
      return core.takeSynchronous(dataAbortSyndrome(!registers.isEL0, status, 1), address);
    }
    case 'translate':
      registers.write(PAR, translationResult(core, address));
      break;
    case 'TLB':
      engine.flushTranslations();
      break;
    case 'cache':
    case 'cacheByAddress':
      // DC IVAC is a NOP and therefore makes no watchpoint match (ARM-HW-10).
      break;
  }
  core.complete();
  return undefined;
}

/** PAR_EL1 after AT S1E1R and the like with the MMU off: Device-nGnRnE, Outer Shareable. Stage 2 takes no part. */
function translationResult(core: Core, address: bigint): bigint {
  const ipa = translateStage1Off(core, address);
  if (ipa === undefined) return encode(PAR_EL1_FAULT, { F: 1, FST: FAULT_STATUS.addressSizeLevel0 });
  return encode(PAR_EL1, { ATTR: 'Device-nGnRnE', NS: 1, SH: 'outerShareable' }) | (ipa & maskOf(PAR_EL1, 'PA'));
}
