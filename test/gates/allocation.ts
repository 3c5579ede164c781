// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import type { InterpreterImage } from '../../src/cpu/index.js';

/** Whether this V8 has two register allocators. How soon it takes the second one depends on the host processor; see docs/decisions/0010. */
export const HAS_TWO_ALLOCATORS = process.versions.node.startsWith('20.') && process.arch === 'x64';
/** Why a test of it is skipped elsewhere. */
export const ONE_ALLOCATOR = 'Only the V8 of Node 20 has a second allocator, and how soon it is taken depends on the host processor.';

const FAST_COPY = 1;
const FLAGS = ['--turbo-stats-wasm', '--no-wasm-lazy-compilation', '--no-wasm-tier-up', `--wasm-tier-mask-for-testing=${1 << FAST_COPY}`];
const COMPILE = 'new WebAssembly.Module(require("node:fs").readFileSync(0))';

/** Which allocator V8 takes for the fast copy of the main function: above 8,192 values one that keeps hardly anything in registers. */
export function fastCopyAllocation({ module }: InterpreterImage): 'full' | 'fast' | 'none' {
  const { stdout } = spawnSync(process.execPath, [...FLAGS, '-e', COMPILE], { input: module, encoding: 'utf8' });
  if (stdout.includes('TFMidTierRegisterAllocator')) return 'fast';
  return stdout.includes('TFAllocateGeneralRegisters') ? 'full' : 'none';
}
