// SPDX-License-Identifier: MIT
import { assertNever } from '../../../base/index.js';
import { PAYLOAD_SLOT } from '../../state/stateLayout.js';
import type { PowerRoutine } from '../common/instructions/routines.js';
import type { PowerCore } from './core.js';
import { facilityUnavailable, unitUnavailable } from './exceptions/facilities.js';
import { INTERRUPT } from './exceptions/interruptVectors.js';
import { executeSystemOperation, systemCallVectored } from './exceptions/systemInstructions.js';
import type { PowerGuestExit } from './guestExit.js';
import type { PowerMemoryStops } from './memoryStops.js';
import { moveSpecialPurpose } from './registers/registerAccess.js';

const SPR_MASK = 0x3ff;
const [REGISTER_SHIFT, REGISTER_MASK] = [10, 31];
const DARN_REGISTER_SHIFT = 2;
/** What darn delivers when there is no random number. */
const NO_RANDOM_NUMBER = 0xffff_ffff_ffff_ffffn;

/** Executes the instructions that rows leave to. */
export class PowerRoutines {
  constructor(
    private readonly core: PowerCore,
    private readonly memory: PowerMemoryStops,
  ) {}

  /** The routine and payload of the last stop. `undefined`: the program goes on at pc. */
  execute(): PowerGuestExit | undefined {
    const { core } = this;
    const payload = core.registers.low32(PAYLOAD_SLOT);
    // The engine hands back the names that POWER rows leave with.
    const routine = core.engine.routine as PowerRoutine;
    switch (routine) {
      case 'illegal':
        return core.illegal();
      case 'trap':
        return core.program('trap');
      case 'sc':
        return this.#systemCall(payload);
      case 'scv':
        return systemCallVectored(core, payload);
      case 'mfspr':
      case 'mtspr':
        return moveSpecialPurpose(
          core,
          payload & SPR_MASK,
          (payload >>> REGISTER_SHIFT) & REGISTER_MASK,
          routine === 'mfspr' ? 'read' : 'write',
        );
      case 'multiple or string':
        return this.memory.multipleOrString();
      case 'darn':
        // Random numbers would not be the same in every run. Choice: none, which the instruction may say.
        core.registers.setGpr((payload >>> DARN_REGISTER_SHIFT) & REGISTER_MASK, NO_RANDOM_NUMBER);
        return core.complete();
      case 'FP unavailable':
        return unitUnavailable(core, 'FP');
      case 'VEC unavailable':
        return unitUnavailable(core, 'VEC');
      case 'VSX unavailable':
        return unitUnavailable(core, 'VSX');
      case 'TAR unavailable': {
        const outcome = facilityUnavailable(core, 'TAR', { isControlledByFSCR: core.isProblemState });
        return outcome === 'open' ? undefined : outcome;
      }
      case 'system':
        return executeSystemOperation(core, payload);
      case 'unimplemented': {
        const row = this.memory.rowOf(core.wordAtPc());
        const reason = row?.support.kind === 'unimplemented' ? row.support.reason : 'It has no row.';
        return core.unimplemented(row?.name ?? 'an instruction', reason);
      }
      default:
        return assertNever(routine, 'routine');
    }
  }

  /** sc. Of LEV the last bit counts: 1 asks the hypervisor. */
  #systemCall(LEV: number): PowerGuestExit | undefined {
    const { core } = this;
    core.registers.nextInstruction();
    const isHypercall = (LEV & 1) === 1;
    if (isHypercall || core.hypervisorInterrupts.has(INTERRUPT.systemCall)) {
      core.retired++;
      return core.systemCallExit(isHypercall ? 1 : 0);
    }
    return core.interrupt(INTERRUPT.systemCall);
  }
}
