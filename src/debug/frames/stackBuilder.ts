// SPDX-License-Identifier: MIT
import { hex, type VirtualAddress, virtualAddress } from '../../base/index.js';
import type { FunctionScope, SourcePosition } from '../../symbols/index.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import type { PhysicalFrame } from './physicalFrame.js';
import type { StackFrame, UnwindMethod } from './stackFrame.js';

/** A frame as people see it, with what stands behind it. */
export class GuestStackFrame implements StackFrame {
  readonly vcpu: number;
  readonly pc: VirtualAddress;
  readonly name: string;
  readonly isInlined: boolean;
  readonly position: SourcePosition | undefined;
  readonly foundBy: UnwindMethod;

  constructor(
    readonly level: number,
    readonly physical: PhysicalFrame,
    /** The function or inlined copy, `undefined` without debug information. */
    readonly scope: FunctionScope | undefined,
    position: SourcePosition | undefined,
    symbols: ProgramSymbols,
  ) {
    this.vcpu = physical.vcpu;
    this.pc = physical.pc;
    this.name = printable(scope?.name) ?? symbolName(physical, symbols) ?? hex(physical.pc);
    this.isInlined = scope?.kind === 'inlined';
    this.position = position && position.line > 0 ? position : undefined;
    this.foundBy = this.isInlined ? 'inlined' : physical.foundBy;
  }

  get callFrameAddress(): VirtualAddress | undefined {
    const address = this.physical.callFrameAddress;
    return address === undefined ? undefined : virtualAddress(address);
  }
}

/** A name that can be shown: damaged debug information has others. */
const printable = (name: string | undefined): string | undefined =>
  name === undefined || name === '' || /[\p{Cc}\ufffd]/u.test(name) ? undefined : name;

/** `<symbol+0x10>`: the symbol that owns the call, and how far the frame's pc is in it. */
function symbolName({ pc, lookupPc }: PhysicalFrame, symbols: ProgramSymbols): string | undefined {
  const owner = symbols.symbolAt(lookupPc);
  if (!owner) return undefined;
  const offset = owner.offset + (pc - lookupPc);
  return offset === 0n ? `<${owner.symbol.name}>` : `<${owner.symbol.name}+${hex(offset)}>`;
}

/** The frames that `physical` (innermost first) are to people: inlined copies are frames of their own. */
export function buildStack(physical: readonly PhysicalFrame[], symbols: ProgramSymbols): readonly GuestStackFrame[] {
  const frames: GuestStackFrame[] = [];
  for (const frame of physical) {
    const pc = frame.lookupPc;
    let position: SourcePosition | undefined = symbols.lineRowAt(pc);
    const scopes = symbols.functionScopesAt(pc);
    if (scopes.length === 0) frames.push(new GuestStackFrame(frames.length, frame, undefined, position, symbols));
    for (const scope of scopes) {
      frames.push(new GuestStackFrame(frames.length, frame, scope, position, symbols));
      // The frame around an inlined copy stands at the call.
      position = scope.kind === 'inlined' ? scope.call : undefined;
    }
  }
  return frames;
}
