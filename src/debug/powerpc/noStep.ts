// SPDX-License-Identifier: MIT
import { failure, type Result } from '../../base/index.js';
import type { StepDecision, StepMethod } from '../stepping/stepMethod.js';

/** KVM-HV ignores KVM_GUESTDBG_SINGLESTEP (KVM_CAP_PPC_GUEST_DEBUG_SSTEP is 0): what would be asked of it is refused. */
export class NoStep implements StepMethod {
  readonly name = 'none';

  arm(): Result<undefined> {
    return failure(
      'ENOTSUP',
      'KVM-HV cannot single-step (KVM_CAP_PPC_GUEST_DEBUG_SSTEP is 0); launch the guest with "kvm": "pr" to step it.',
    );
  }

  decide(): StepDecision {
    return { kind: 'toDebugger', isCompleted: false };
  }

  disarm(): void {}
}
