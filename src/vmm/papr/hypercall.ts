// SPDX-License-Identifier: MIT
import type { Vcpu } from '../../kvm/index.js';
import type { PaprSurroundings } from './paprSurroundings.js';

/** One hypercall: arguments, which are also where results go (GPR 4 to 12). */
export interface Hypercall {
  readonly vcpu: Vcpu;
  readonly args: BigUint64Array;
  readonly surroundings: PaprSurroundings;
}
