// SPDX-License-Identifier: MIT
import type { Request } from './turn.js';
import type { DebuggedVcpu, VcpuControl } from './vcpuControl.js';

/** `vCPU 1`, `vCPUs 1 and 2`, `vCPUs 1 to 3 and 5`. */
export function vcpuList(indices: readonly number[]): string {
  const ranges: (readonly [first: number, last: number])[] = [];
  for (const index of indices) {
    const [first, last] = ranges.at(-1) ?? [index, Number.NaN];
    if (index === last + 1) ranges[ranges.length - 1] = [first, index];
    else ranges.push([index, index]);
  }
  const parts = ranges.flatMap(([first, last]) =>
    last - first > 1 ? [`${first} to ${last}`] : first === last ? [`${first}`] : [`${first}`, `${last}`],
  );
  const end = parts.pop() ?? '';
  return `vCPU${indices.length === 1 ? '' : 's'} ${parts.length > 0 ? `${parts.join(', ')} and ${end}` : end}`;
}

const indicesOf = (vcpus: readonly DebuggedVcpu[]): string => vcpuList(vcpus.map(({ vcpu }) => vcpu.index));

/** Who of the vCPUs that could run does not, and why. Of `vcpus` only those that sleep may be inside KVM_RUN: they count for nobody. */
export class HeldVcpus {
  readonly #frozen: readonly DebuggedVcpu[];
  readonly #locked: readonly DebuggedVcpu[];

  constructor(vcpus: VcpuControl, request: Request) {
    const others = vcpus.all.filter(other => other !== request.vcpu && !other.vcpu.isAsleep && !vcpus.isOff(other));
    this.#frozen = others.filter(({ isFrozen }) => isFrozen);
    this.#locked = request.isSingle ? others.filter(({ isFrozen }) => !isFrozen) : [];
  }

  get isNobody(): boolean {
    return this.#frozen.length + this.#locked.length === 0;
  }

  /** `vCPUs 1 and 2 are held by scheduler locking and vCPU 3 is frozen`. */
  get text(): string {
    const parts: string[] = [];
    const verb = (vcpus: readonly DebuggedVcpu[]): string => (vcpus.length === 1 ? 'is' : 'are');
    if (this.#locked.length > 0) parts.push(`${indicesOf(this.#locked)} ${verb(this.#locked)} held by scheduler locking`);
    if (this.#frozen.length > 0) parts.push(`${indicesOf(this.#frozen)} ${verb(this.#frozen)} frozen`);
    return parts.join(' and ');
  }
}

/** Why a request of `debugged`, alone or with the others, would let nobody run; `undefined` if somebody would. All must be outside of KVM_RUN. */
export function whyNobodyRuns(vcpus: VcpuControl, debugged: DebuggedVcpu, isSingle: boolean): string | undefined {
  if (isSingle) {
    if (debugged.isFrozen) return `vCPU ${debugged.vcpu.index} is frozen; thaw it to let it run.`;
    if (vcpus.all.length === 1 || !vcpus.isOff(debugged)) return undefined;
    return `vCPU ${debugged.vcpu.index} is off, and nobody else may run that could start it by ${vcpus.startCall}.`;
  }
  if (vcpus.all.every(({ isFrozen }) => isFrozen)) return 'All vCPUs are frozen; thaw one to let it run.';
  const isAnyFrozen = vcpus.all.some(({ isFrozen }) => isFrozen);
  if (!isAnyFrozen || vcpus.all.some(other => !other.isFrozen && !vcpus.isOff(other))) return undefined;
  return 'All vCPUs that are not off are frozen; thaw one to let it run.';
}
