// SPDX-License-Identifier: MIT
import { Emitter, failure, hex, type Result, success, virtualAddress } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { VectorChoice } from '../exceptions/exceptionModel.js';
import type { WatchReport } from '../execution/stop.js';
import type { SiteHit, StopSites } from '../execution/stopSites.js';
import type { StackFrame } from '../frames/stackFrame.js';
import type { WatchRequest } from '../slots/debugSlots.js';
import { BreakpointIds } from './breakpointIds.js';
import type { BreakpointMode } from './breakpointMode.js';
import type {
  BreakpointPosition,
  BreakpointReport,
  Breakpoints,
  DataBreakpointRequest,
  DataBreakpointTarget,
  FunctionBreakpointRequest,
  InstructionBreakpointRequest,
  SourceBreakpointRequest,
  VectorBreakpointRequest,
} from './breakpointRequest.js';
import { parseHitCondition } from './hitCondition.js';
import { parseLogMessage } from './logMessage.js';
import { Placement, type StopPoint } from './placement.js';
import type { StopMechanisms } from './stopMechanisms.js';
import { ANYWHERE, type BreakpointPlace, type Draft, type ReadyCondition, reportOf, type UserBreakpoint } from './userBreakpoint.js';
import { VectorMoves } from './vectorMoves.js';
import { type Logging, verdictOf } from './verdict.js';

/** What the breakpoints ask of the rest of the debugger. */
export interface BreakpointSurroundings {
  readonly mechanisms: StopMechanisms;
  /** Places of a line, a function name, or a location text. A refusal says in one sentence why there is none. */
  placesOfLine(path: string, line: number, column: number | undefined): Result<readonly BreakpointPlace[]>;
  placesOfFunction(name: string): Result<readonly BreakpointPlace[]>;
  placeOfAddress(address: bigint): BreakpointPlace;
  positions(path: string, first: number, last: number): readonly BreakpointPosition[];
  /** The present addresses of the vectors that `name` means, one for each vector table in use; none if it is unknown. */
  vectorAddresses(name: string): readonly bigint[];
  /** The instructions behind those of the program that may move the vectors. */
  vectorMoves(): readonly bigint[];
  readonly vectors: VectorChoice;
  /** Makes `condition` ready to be asked at `pc`, or `ANYWHERE`; refuses what is no C. */
  prepareCondition(condition: string, pc: bigint): Result<ReadyCondition>;
  /** The text of an expression at a place, for log messages. */
  expressionText(expression: string, vcpu: Vcpu): string;
  dataTarget(expression: string, frame: StackFrame | undefined, bytes: number | undefined): Result<DataBreakpointTarget>;
  describeAccess(request: WatchRequest, name: string, isWrite: boolean, before: Uint8Array, after: Uint8Array, vcpu: Vcpu): string;
  /** Called before anything changes: the vCPUs must be outside of KVM_RUN. */
  beforeChange(): void;
}

/** All breakpoints of the user's, and what they say when the guest arrives at one. */
export class BreakpointBook implements Breakpoints, StopSites {
  defaultMode: BreakpointMode = 'auto';
  ids = new BreakpointIds();
  readonly didChange = new Emitter<undefined>();
  readonly didLog = new Emitter<string>();
  readonly #all: UserBreakpoint[] = [];
  readonly #sites = new Map<bigint, UserBreakpoint[]>();
  readonly #vectorMoves: VectorMoves;
  readonly #placement: Placement;
  readonly #logging: Logging = {
    expressionText: (expression, vcpu) => this.surroundings.expressionText(expression, vcpu),
    log: line => this.didLog.fire(line),
  };

  constructor(private readonly surroundings: BreakpointSurroundings) {
    this.#placement = new Placement(surroundings.mechanisms);
    this.#vectorMoves = new VectorMoves(surroundings.mechanisms, () => surroundings.vectorMoves());
  }

  get modes(): readonly BreakpointMode[] {
    const { mechanisms } = this.surroundings;
    const hasHardware = mechanisms.slots.counts.breakpoints > 0;
    return [
      'auto',
      ...(hasHardware ? (['hardware'] as const) : []),
      ...(mechanisms.hasGuestDebug ? (['software'] as const) : []),
      ...(mechanisms.hasEngine ? (['engine'] as const) : []),
    ];
  }

  get vectors(): VectorChoice {
    return this.surroundings.vectors;
  }

  setSource(path: string, requests: readonly SourceBreakpointRequest[]): readonly BreakpointReport[] {
    const group = `source ${path} `;
    return this.#replace(
      group,
      requests.map(request => {
        const places = this.surroundings.placesOfLine(path, request.line, request.column);
        const name = `${path.slice(path.lastIndexOf('/') + 1)}:${request.line}`;
        return this.#draft(group, 'source', name, request, `${request.line}:${request.column ?? ''}`, places);
      }),
    );
  }

  setFunctions(requests: readonly FunctionBreakpointRequest[]): readonly BreakpointReport[] {
    return this.#setLocations('function ', requests);
  }

  setConsole(requests: readonly FunctionBreakpointRequest[]): readonly BreakpointReport[] {
    return this.#setLocations('console ', requests);
  }

  #setLocations(group: string, requests: readonly FunctionBreakpointRequest[]): readonly BreakpointReport[] {
    return this.#replace(
      group,
      requests.map(request =>
        this.#draft(group, 'function', request.name, request, request.name, this.surroundings.placesOfFunction(request.name)),
      ),
    );
  }

  setInstructions(requests: readonly InstructionBreakpointRequest[]): readonly BreakpointReport[] {
    return this.#replace(
      'instruction ',
      requests.map(request =>
        this.#draft(
          'instruction ',
          'instruction',
          hex(request.address),
          request,
          hex(request.address),
          success([this.surroundings.placeOfAddress(request.address)]),
        ),
      ),
    );
  }

  setVectors(requests: readonly VectorBreakpointRequest[]): readonly BreakpointReport[] {
    const reports = this.#replace(
      'vector ',
      requests.map(request => {
        const places = this.#vectorPlaces(request.name);
        const found = places.length === 0 ? failure('vector', `There is no vector "${request.name}".`) : success(places);
        return this.#draft('vector ', 'vector', request.name, request, request.name, found);
      }),
    );
    this.#vectorMoves.watch(requests.length > 0);
    this.followVectors();
    return reports.map(report => this.list().find(({ id }) => id === report.id) ?? report);
  }

  #vectorPlaces(name: string): readonly BreakpointPlace[] {
    return this.surroundings.vectorAddresses(name).map(address => this.surroundings.placeOfAddress(address));
  }

  /** Moves the breakpoints on vectors to where the vectors are now. */
  followVectors(): void {
    let hasMoved = false;
    for (const breakpoint of this.#all.filter(({ kind }) => kind === 'vector')) {
      const places = this.#vectorPlaces(breakpoint.name);
      const isSame =
        places.length === breakpoint.places.length && places.every(({ address }, at) => address === breakpoint.places[at]?.address);
      if (isSame) continue;
      this.#unplace(breakpoint);
      breakpoint.places = places;
      this.#placeAnew(breakpoint);
      hasMoved = true;
    }
    if (hasMoved) this.didChange.fire(undefined);
  }

  setData(requests: readonly DataBreakpointRequest[]): readonly BreakpointReport[] {
    return this.#replace(
      'data ',
      requests.map(request => {
        const name = request.name ?? `${request.bytes} bytes at ${hex(request.address)}`;
        const watch: WatchRequest = {
          address: request.address,
          bytes: BigInt(Math.max(0, Math.trunc(request.bytes))),
          access: request.access,
        };
        const key = `${hex(request.address)} ${request.bytes} ${request.access}`;
        return { ...this.#draft('data ', 'data', name, request, key, success([])), watch };
      }),
    );
  }

  #draft(
    group: string,
    kind: UserBreakpoint['kind'],
    name: string,
    options: UserBreakpoint['options'],
    where: string,
    places: Result<readonly BreakpointPlace[]>,
  ): Draft {
    const key = `${group}${where} ${JSON.stringify([options.mode, options.condition, options.hitCondition, options.logMessage])}`;
    return {
      key,
      kind,
      name,
      options,
      places: places.ok ? places.value : [],
      watch: undefined,
      refusal: places.ok ? undefined : places.error.message,
    };
  }

  #replace(group: string, drafts: readonly Draft[]): readonly BreakpointReport[] {
    this.surroundings.beforeChange();
    const wanted = new Set(drafts.map(draft => draft.key));
    for (const old of this.#all.filter(breakpoint => breakpoint.key.startsWith(group))) {
      // An unverified one is tried again: a slot may have become free.
      if (!wanted.has(old.key) || old.placed.length === 0) this.#remove(old);
    }
    const used = new Set<UserBreakpoint>();
    return drafts.map(draft => {
      const kept = this.#all.find(breakpoint => breakpoint.key === draft.key && !used.has(breakpoint));
      const breakpoint = kept ?? this.#add(draft);
      used.add(breakpoint);
      return this.#report(breakpoint);
    });
  }

  #add(draft: Draft): UserBreakpoint {
    const { options } = draft;
    const hitTest = options.hitCondition ? parseHitCondition(options.hitCondition) : undefined;
    const refusal = draft.refusal ?? (hitTest && !hitTest.ok ? hitTest.error.message : undefined);
    const breakpoint: UserBreakpoint = {
      ...draft,
      id: this.ids.take(draft.key, this.#all),
      hitTest: hitTest?.ok ? hitTest.value : undefined,
      logMessage: options.logMessage ? parseLogMessage(options.logMessage) : undefined,
      placed: [],
      conditions: new Map(),
      refusal,
      message: refusal,
      hits: 0,
    };
    this.#all.push(breakpoint);
    this.#place(breakpoint);
    return breakpoint;
  }

  /** Makes breakpoint `id` by another mechanism from now on, whatever its request says, or leaves it as it is and says why. */
  setMode(id: number, mode: BreakpointMode): Result<BreakpointReport> {
    const breakpoint = this.#all.find(each => each.id === id);
    if (breakpoint === undefined) return failure('breakpoint', `There is no breakpoint ${id}.`);
    this.surroundings.beforeChange();
    const { modes } = this.ids;
    const before = modes.get(id);
    modes.set(id, mode);
    this.#placeAnew(breakpoint);
    const { message } = breakpoint;
    if (message !== undefined) {
      if (before === undefined) modes.delete(id);
      else modes.set(id, before);
      this.#placeAnew(breakpoint);
    } else {
      // A slot may have become free for others.
      const waiting = this.#all.filter(({ placed, places, watch }) => placed.length === 0 && (places.length > 0 || watch));
      for (const other of waiting) this.#placeAnew(other);
    }
    this.didChange.fire(undefined);
    return message === undefined ? success(this.#report(breakpoint)) : failure('mode', message);
  }

  #placeAnew(breakpoint: UserBreakpoint): void {
    this.#unplace(breakpoint);
    this.#place(breakpoint);
  }

  #report(breakpoint: UserBreakpoint): BreakpointReport {
    return reportOf(breakpoint, this.surroundings.mechanisms.slots);
  }

  #place(breakpoint: UserBreakpoint): void {
    breakpoint.message = breakpoint.refusal;
    if (breakpoint.refusal !== undefined) return;
    const mode = this.ids.modes.get(breakpoint.id) ?? breakpoint.options.mode ?? this.#defaultModeOf(breakpoint);
    const points: readonly StopPoint[] = breakpoint.watch
      ? [{ kind: 'access', watch: breakpoint.watch }]
      : breakpoint.places.map(({ address }) => ({ kind: 'code', address }));
    for (const point of points) {
      const address = point.kind === 'code' ? point.address : undefined;
      const condition = breakpoint.options.condition?.trim();
      if (condition) {
        const ready = this.surroundings.prepareCondition(condition, address ?? ANYWHERE);
        if (!ready.ok) {
          breakpoint.message = `The condition "${condition}" is no C expression: ${ready.error.message}`;
          continue;
        }
        breakpoint.conditions.set(address ?? ANYWHERE, ready.value);
      }
      const placed = this.#placement.place(point, mode, breakpoint.name);
      if (!placed.ok) {
        breakpoint.message = placed.error.message;
        continue;
      }
      if (placed.value.remark) this.didLog.fire(`${breakpoint.name}: ${placed.value.remark}`);
      breakpoint.placed.push({ address, mechanism: placed.value.mechanism });
      if (address !== undefined) this.#sites.set(address, [...(this.#sites.get(address) ?? []), breakpoint]);
    }
    if (points.length === 0) breakpoint.message ??= 'There is no code at this place.';
  }

  /** There are no trap words for data: a default that says so is one for code. */
  #defaultModeOf({ watch }: UserBreakpoint): BreakpointMode {
    return watch !== undefined && this.defaultMode === 'software' ? 'auto' : this.defaultMode;
  }

  #remove(breakpoint: UserBreakpoint): void {
    this.#all.splice(this.#all.indexOf(breakpoint), 1);
    this.#unplace(breakpoint);
  }

  #unplace(breakpoint: UserBreakpoint): void {
    for (const { address, mechanism } of breakpoint.placed) {
      const point: StopPoint | undefined =
        address !== undefined ? { kind: 'code', address } : breakpoint.watch && { kind: 'access', watch: breakpoint.watch };
      const outcome = point && this.#placement.remove(point, mechanism, breakpoint.name);
      if (outcome && !outcome.ok) this.didLog.fire(outcome.error.message);
      if (address === undefined) continue;
      const rest = (this.#sites.get(address) ?? []).filter(other => other !== breakpoint);
      if (rest.length > 0) this.#sites.set(address, rest);
      else this.#sites.delete(address);
    }
    breakpoint.placed = [];
    breakpoint.conditions.clear();
  }

  list(): readonly BreakpointReport[] {
    return this.#all.map(breakpoint => this.#report(breakpoint));
  }

  hitCount(id: number): number {
    return this.#all.find(breakpoint => breakpoint.id === id)?.hits ?? 0;
  }

  positions(path: string, firstLine: number, lastLine: number): readonly BreakpointPosition[] {
    return this.surroundings.positions(path, firstLine, lastLine);
  }

  dataTarget(expression: string, frame?: StackFrame, bytes?: number): Result<DataBreakpointTarget> {
    return this.surroundings.dataTarget(expression, frame, bytes);
  }

  /** Ids of the breakpoints behind a hardware slot, for views. */
  idsAt(address: bigint): readonly number[] {
    return (this.#sites.get(virtualAddress(address)) ?? []).map(breakpoint => breakpoint.id);
  }

  /** As `idsAt` for a watch. */
  idsWatching(request: WatchRequest): readonly number[] {
    return this.#watching(request).map(breakpoint => breakpoint.id);
  }

  #watching(request: WatchRequest): readonly UserBreakpoint[] {
    const isSame = (watch: WatchRequest | undefined): boolean =>
      watch !== undefined &&
      virtualAddress(watch.address) === virtualAddress(request.address) &&
      watch.bytes === request.bytes &&
      watch.access === request.access;
    return this.#all.filter(breakpoint => breakpoint.placed.length > 0 && isSame(breakpoint.watch));
  }

  hasSite(pc: bigint): boolean {
    return this.#sites.has(pc) || this.#vectorMoves.has(pc);
  }

  hit(vcpu: Vcpu, pc: bigint): SiteHit | undefined {
    if (this.#vectorMoves.has(pc)) this.followVectors();
    const site = this.#sites.get(pc);
    if (!site) return undefined;
    let ids: number[] | undefined;
    let remark: string | undefined;
    let isVector = false;
    for (const breakpoint of site) {
      const verdict = verdictOf(breakpoint, vcpu, breakpoint.conditions.get(pc), this.#logging);
      if (verdict === 'goOn') continue;
      if (verdict.remark) remark = verdict.remark;
      isVector ||= breakpoint.kind === 'vector';
      ids = [...(ids ?? []), breakpoint.id];
    }
    return ids && { ids, remark, isVector };
  }

  accessed(vcpu: Vcpu, request: WatchRequest, isWrite: boolean, before: Uint8Array, after: Uint8Array): readonly WatchReport[] {
    const reports: WatchReport[] = [];
    for (const breakpoint of this.#watching(request)) {
      const verdict = verdictOf(breakpoint, vcpu, breakpoint.conditions.get(ANYWHERE), this.#logging);
      if (verdict === 'goOn') continue;
      const sentence = this.surroundings.describeAccess(request, breakpoint.name, isWrite, before, after, vcpu);
      reports.push({
        breakpoint: breakpoint.id,
        access: isWrite ? 'write' : 'read',
        address: virtualAddress(request.address),
        before,
        after,
        sentence: verdict.remark ? `${sentence} ${verdict.remark}` : sentence,
      });
    }
    return reports;
  }
}
