// SPDX-License-Identifier: MIT
import type { Engine } from '../engine/engine.js';

/** One engine and who of the processing elements that share it has its state page loaded. */
export class EngineShare {
  constructor(readonly engine: Engine) {}
}
