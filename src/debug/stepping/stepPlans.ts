// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';
import type { FunctionScope, LineRow } from '../../symbols/index.js';
import type { ExceptionModel } from '../exceptions/exceptionModel.js';
import type { StepInterrupts, StepRequest, StepTarget } from '../execution/executionControl.js';
import type { Move, Plan, PlanEnd, Temporary } from '../execution/move.js';
import { type PhysicalFrame, unwindFrame } from '../frames/physicalFrame.js';
import type { RegisterFile } from '../registers/registerFile.js';
import type { ProgramSymbols } from '../symbols/programSymbols.js';
import type { Instructions } from './instructions.js';

/** What plans look at. */
export interface StepWorld {
  readonly symbols: ProgramSymbols;
  readonly registers: RegisterFile;
  readonly instructions: Instructions;
  readonly exceptions: ExceptionModel;
  /** The innermost frame where the vCPU stands now. */
  frame(): PhysicalFrame;
  /** The guest's instruction word at `pc`, without our breakpoints. */
  instructionAt(pc: bigint): number | undefined;
}

const STEPPED: PlanEnd = { reason: 'step', description: 'Stepped.' };

/** The plan of `request`; a refusal says in one sentence why it cannot be made. */
export function planStep(request: StepRequest, interrupts: StepInterrupts, world: StepWorld): Result<Plan> {
  const plans = new StepPlans(world, interrupts, request.stepsExclusivesAsOne ?? false);
  if (request.until === 'exception') return success(plans.untilException());
  if (request.until !== undefined) return success(plans.untilInstruction(request.until, request.kind === 'into'));
  if (request.kind === 'out') return plans.out(request.granularity);
  if (request.granularity === 'instruction') return success(plans.instruction(request.kind));
  return success(plans.statement(request.kind));
}

/** What one instruction came to. */
type Passage = 'went on' | 'called' | 'returned';

/** Which instructions a step "until" stops before. */
const TARGETS: Readonly<Record<Exclude<StepTarget, 'exception'>, (instructions: Instructions, word: number) => boolean>> = {
  branch: (instructions, word) => instructions.isBranch(word),
  call: (instructions, word) => instructions.isCall(word),
  return: (instructions, word) => instructions.isReturn(word) || instructions.isExceptionReturn(word),
};

/** How far ahead the next branch is looked for before the run to it is cut: a page of instructions. */
const MAXIMUM_AHEAD = 1024;

class StepPlans {
  #isFirst = true;

  constructor(
    private readonly world: StepWorld,
    private readonly interrupts: StepInterrupts,
    private readonly stepsExclusives: boolean,
  ) {}

  get #pc(): bigint {
    return this.world.registers.pc;
  }

  *instruction(kind: 'into' | 'over'): Plan {
    const start = this.#pc;
    const { sp } = this.world.registers;
    const passage = yield* this.#one(kind === 'over', true);
    if (kind === 'over' && passage === 'called') yield { kind: 'run', until: [this.#return(start + 4n, sp)] };
    return STEPPED;
  }

  /** At least one instruction, then on to the next that is a `target`. From branch to branch the vCPU runs freely; at each it steps. */
  *untilInstruction(target: Exclude<StepTarget, 'exception'>, entersCalls: boolean): Plan {
    const isTarget = TARGETS[target];
    for (;;) {
      if (entersCalls) yield* this.#one(false);
      else yield* this.#oneOver();
      const { privilege } = this.world.registers;
      const next = this.#nextBranch();
      // Straight on to the branch: the same code runs at no other level, and no deeper activation gets there without a branch.
      const accepts = (): boolean => this.world.registers.privilege === privilege;
      if (next !== this.#pc) yield { kind: 'run', until: [{ address: next, accepts }] };
      const word = this.world.instructionAt(this.#pc);
      if (word === undefined || isTarget(this.world.instructions, word))
        return { reason: 'step', description: `Stepped to the next ${target}.` };
    }
  }

  /** The first branch from the pc on, or how far it is sure that there is none. A sequence of exclusives is left to a step of its own (ARM-HW-29). */
  #nextBranch(): bigint {
    const { instructions } = this.world;
    let address = this.#pc;
    for (let ahead = 0; ahead < MAXIMUM_AHEAD; ahead++, address += 4n) {
      const word = this.world.instructionAt(address);
      if (word === undefined || instructions.isBranch(word) || instructions.isLoadExclusive(word)) break;
    }
    return address;
  }

  /** At least one instruction, then on until this vCPU stands at a vector of its present table. */
  *untilException(): Plan {
    yield { kind: 'instruction', isFirst: true, stepsExclusives: this.stepsExclusives };
    const vectors = this.world.exceptions.vectors(this.world.registers);
    const until = vectors.map(({ address }) => ({ address, accepts: () => true }));
    if (!until.some(({ address }) => address === this.#pc)) yield { kind: 'run', until };
    const name = vectors.find(({ address }) => address === this.#pc)?.name ?? '';
    return { reason: 'exception', description: `Stepped to the exception ${name}.` };
  }

  /** To the caller of the frame the user sees: out of an inlined copy by stepping, out of a function by running to its return address. */
  out(granularity: StepRequest['granularity']): Result<Plan> {
    const inlined = granularity === 'instruction' ? undefined : this.#scopes()[0];
    if (inlined?.kind === 'inlined') return success(this.#outOfInlined(inlined));
    const frame = this.world.frame();
    const caller = unwindFrame(frame);
    if (!caller) return failure('frame', 'There is no caller to step out to: this is the outermost frame that is known.');
    const stackPointer = frame.callFrameAddress ?? this.world.registers.sp;
    return success(this.#outOfFunction(this.#return(caller.pc, stackPointer)));
  }

  *#outOfFunction(target: Temporary): Plan {
    // The first instruction apart, so that a breakpoint at it does not count and one behind it does.
    const start = this.#pc;
    const { sp } = this.world.registers;
    const passage = yield* this.#one(true);
    if (passage === 'called') yield { kind: 'run', until: [this.#return(start + 4n, sp), target] };
    if (this.#pc !== target.address || !target.accepts()) yield { kind: 'run', until: [target] };
    return STEPPED;
  }

  *#outOfInlined(scope: FunctionScope): Plan {
    const isInside = (): boolean => this.#scopes().some(({ offset }) => offset === scope.offset);
    for (;;) {
      const passage = yield* this.#oneOver();
      if (passage === 'returned' || !isInside()) return STEPPED;
    }
  }

  *statement(kind: 'into' | 'over'): Plan {
    const scopes = this.#scopes();
    const startRow = this.world.symbols.lineRowAt(this.#pc);
    const startFunction = scopes.at(-1)?.offset;
    const depth = scopes.length;
    for (;;) {
      const before = this.#pc;
      const { sp } = this.world.registers;
      const passage = yield* this.#one(true);
      if (passage === 'called') {
        const target = kind === 'into' ? this.#entryOf(this.#pc) : undefined;
        if (target !== undefined) {
          if (target !== this.#pc) yield { kind: 'run', until: [{ address: target, accepts: () => true }, this.#return(before + 4n, sp)] };
          return STEPPED;
        }
        yield { kind: 'run', until: [this.#return(before + 4n, sp)] };
      } else if (passage === 'returned') {
        if (this.world.symbols.lineRowAt(this.#pc) || !startRow) return STEPPED;
        continue;
      }
      const now = this.#scopes();
      if (now.at(-1)?.offset !== startFunction && passage !== 'called' && now.length > 0) {
        // A jump to another function: a tail call, as a call whose return is ours.
        const target = kind === 'into' ? this.#entryOf(this.#pc) : undefined;
        if (target === undefined && startFunction !== undefined) yield* this.#finish();
        else if (target !== undefined && target !== this.#pc) yield { kind: 'run', until: [{ address: target, accepts: () => true }] };
        return STEPPED;
      }
      if (this.#isNewStatement(kind, startRow, depth, now)) return STEPPED;
    }
  }

  /** Whether the user sees a step end here: at the first instruction of another line, in the frame of the start or in one that it entered or left. */
  #isNewStatement(kind: 'into' | 'over', start: LineRow | undefined, depth: number, scopes: readonly FunctionScope[]): boolean {
    const pc = this.#pc;
    const row = this.world.symbols.lineRowAt(pc);
    if (!row || row.line === 0 || row.address !== pc || !row.isStatement) return false;
    if (scopes.length > depth) return kind === 'into';
    if (scopes.length < depth || !start) return true;
    return row.line !== start.line || row.file !== start.file;
  }

  #scopes(): readonly FunctionScope[] {
    return this.world.symbols.functionScopesAt(this.#pc);
  }

  /** Where to stop in the function that was just entered: after its prologue; `undefined` if it has no lines and is stepped over. */
  #entryOf(pc: bigint): bigint | undefined {
    const { symbols } = this.world;
    const callee = symbols.functionAt(pc);
    if (!callee || !symbols.lineRowAt(pc)) return undefined;
    return symbols.debugAt(pc)?.breakpointAddressOf(callee);
  }

  #return(address: bigint, sp: bigint): Temporary {
    // A deeper activation of the same code returns with a lower stack pointer: not ours.
    return { address, accepts: () => this.world.registers.sp >= sp };
  }

  *#finish(): Generator<Move, void, undefined> {
    const frame = this.world.frame();
    const caller = unwindFrame(frame);
    if (caller) yield { kind: 'run', until: [this.#return(caller.pc, frame.callFrameAddress ?? this.world.registers.sp)] };
  }

  /** One instruction, calls run to their return. */
  *#oneOver(): Generator<Move, Passage, undefined> {
    const start = this.#pc;
    const { sp } = this.world.registers;
    const passage = yield* this.#one(true);
    if (passage !== 'called') return passage;
    yield { kind: 'run', until: [this.#return(start + 4n, sp)] };
    return 'went on';
  }

  /**
   * One instruction. Exceptions that it takes are run to their return if `isOver`; interrupts as `stepInterrupts` says. `isWhole`: it is all of the step,
   * which a breakpoint on the way leaves pending.
   */
  *#one(isOver: boolean, isWhole = false): Generator<Move, Passage, undefined> {
    const { instructions, registers } = this.world;
    for (;;) {
      const start = this.#pc;
      const word = this.world.instructionAt(start);
      const { privilege } = registers;
      yield { kind: 'instruction', isFirst: this.#isFirst, stepsExclusives: this.stepsExclusives };
      this.#isFirst = false;
      const exception = this.world.exceptions.takenFrom(start, registers);
      if (exception === undefined) {
        const isElsewhere = this.#pc !== start + 4n;
        if (word !== undefined && instructions.isCall(word) && registers.link === start + 4n && isElsewhere) return 'called';
        return word !== undefined && instructions.isReturn(word) && isElsewhere ? 'returned' : 'went on';
      }
      const runsOver = exception.isInterrupt ? this.interrupts === 'over' : isOver;
      if (!runsOver) return 'went on';
      const { returnAddress } = exception;
      const accepts = (): boolean => registers.privilege === privilege;
      // A handler may also skip the instruction that faulted.
      const ends = [...new Set([returnAddress, start + 4n])];
      yield { kind: 'run', until: ends.map(address => ({ address, accepts })), ...(isWhole && { over: 'exception' as const }) };
      // An interrupt before the instruction, or a fault that was mended: the instruction itself is still to run.
      if (this.#pc !== start) return 'went on';
    }
  }
}
