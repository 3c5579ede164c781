// SPDX-License-Identifier: MIT
import { hex } from '../base/index.js';
import { KVM_CAP, KVM_EXIT, KVM_GUESTDBG, KVM_MP_STATE, KVM_SYSTEM_EVENT } from './abi/constants.js';
import { errnoName } from './abi/errno.js';
import { bytesOfRegister } from './abi/registerIds.js';
import { STEPTRAP_CAP_ENGINE, STEPTRAP_EXIT } from './abi/steptrap.js';
import { kvm_create_device, kvm_enable_cap, kvm_irq_level, kvm_mp_state, kvm_run, kvm_userspace_memory_region } from './abi/structures.js';
import { LOG_RECORD, type LogRecord } from './logRecord.js';

const namesOf = (prefix: string, table: Readonly<Record<string, number>>): ReadonlyMap<number, string> =>
  new Map(Object.entries(table).map(([name, value]) => [value, `${prefix}${name}`]));

const EXIT_NAMES = new Map([...namesOf('KVM_EXIT_', KVM_EXIT), ...namesOf('STEPTRAP_EXIT_', STEPTRAP_EXIT)]);
const CAPABILITY_NAMES = new Map([...namesOf('KVM_CAP_', KVM_CAP), [STEPTRAP_CAP_ENGINE, 'STEPTRAP_CAP_ENGINE']]);
const MP_STATE_NAMES = namesOf('KVM_MP_STATE_', KVM_MP_STATE);
const SYSTEM_EVENT_NAMES = namesOf('KVM_SYSTEM_EVENT_', KVM_SYSTEM_EVENT);

/** KVM_EXIT_*, or the number of an exit that the tables do not hold. */
export const exitName = (reason: number): string => EXIT_NAMES.get(reason) ?? `exit ${reason}`;

/** KVM_CAP_*, or the number of a capability that the tables do not hold. */
export const capabilityName = (capability: number): string => CAPABILITY_NAMES.get(capability) ?? `capability ${capability}`;

/** `control` of struct kvm_guest_debug as names joined by `|`; bits without a name in hexadecimal; `0` for none. */
export function guestDebugControlText(control: number): string {
  const parts: string[] = [];
  let rest = control >>> 0;
  for (const [name, bit] of Object.entries(KVM_GUESTDBG)) {
    if ((rest & bit) === 0) continue;
    parts.push(name);
    rest = (rest & ~bit) >>> 0;
  }
  if (rest !== 0) parts.push(hex(rest));
  return parts.length === 0 ? '0' : parts.join('|');
}

type ExitText = (run: ReturnType<typeof kvm_run.over>) => string;

/** How calls and exits are printed: what an architecture adds to what all have. */
export interface CallTexts {
  /** The argument of a call, by the name of the call. */
  readonly calls: Readonly<Record<string, (argument: Uint8Array) => string>>;
  /** The part of the exit union that belongs to the exit, by the exit's number. */
  readonly exits: ReadonlyMap<number, ExitText>;
}

const answer = (result: number): string => (result < 0 ? ` -> -${errnoName(-result)}` : result > 0 ? ` -> ${result}` : '');

/** The argument of a call, by the name of the call. */
// prettier-ignore
const ARGUMENTS: CallTexts['calls'] = {
  KVM_CHECK_EXTENSION: argument => capabilityName(kvm_mp_state.over(argument).mp_state),
  KVM_SET_USER_MEMORY_REGION: argument => {
    const region = kvm_userspace_memory_region.over(argument);
    return `slot=${region.slot} flags=${hex(region.flags)} guest_phys_addr=${hex(region.guest_phys_addr)} memory_size=${hex(region.memory_size)} userspace_addr=${hex(region.userspace_addr)}`;
  },
  KVM_SET_MP_STATE: argument => MP_STATE_NAMES.get(kvm_mp_state.over(argument).mp_state) ?? `${kvm_mp_state.over(argument).mp_state}`,
  KVM_GET_MP_STATE: argument => MP_STATE_NAMES.get(kvm_mp_state.over(argument).mp_state) ?? '',
  KVM_IRQ_LINE: argument => `irq=${hex(kvm_irq_level.over(argument).irq)} level=${kvm_irq_level.over(argument).level}`,
  KVM_CREATE_DEVICE: argument => `type=${kvm_create_device.over(argument).type}`,
  KVM_ENABLE_CAP: argument => capabilityName(kvm_enable_cap.over(argument).cap),
  KVM_CREATE_VCPU: argument => `${kvm_mp_state.over(argument).mp_state}`,
  KVM_CREATE_VM: argument => `type=${kvm_mp_state.over(argument).mp_state}`,
  STEPTRAP_SET_ENGINE_BREAKPOINTS: argument =>
    Array.from(new BigUint64Array(argument.buffer, argument.byteOffset, argument.length >> 3), value => hex(value)).join(' ') || 'none',
  STEPTRAP_SET_ENGINE_WATCHPOINTS: argument => {
    const words = new BigUint64Array(argument.buffer, argument.byteOffset, argument.length >> 3);
    return (
      Array.from(
        { length: words.length / 3 },
        (_, n) => `${hex(words[3 * n] ?? 0n)}/${words[3 * n + 1] ?? 0n}:${['-', 'r', 'w', 'rw'][Number((words[3 * n + 2] ?? 0n) & 3n)]}`,
      ).join(' ') || 'none'
    );
  },
  STEPTRAP_SET_SEMIHOSTING: argument => (argument[0] === 0 ? 'off' : 'on'),
};

/** The part of the exit union that belongs to the exit, by the exit's number. */
// prettier-ignore
const EXITS: CallTexts['exits'] = new Map<number, ExitText>([
  [
    KVM_EXIT.MMIO,
    run =>
      ` ${run.mmio_is_write !== 0 ? 'write' : 'read'} phys_addr=${hex(run.mmio_phys_addr)} len=${run.mmio_len}${run.mmio_is_write !== 0 ? ` data=${mmioData(run.mmio_data, run.mmio_len)}` : ''}`,
  ],
  [KVM_EXIT.SYSTEM_EVENT, run => ` type=${SYSTEM_EVENT_NAMES.get(run.system_event_type) ?? run.system_event_type}`],
  [KVM_EXIT.INTERNAL_ERROR, run => ` suberror=${run.internal_suberror}`],
]);

function mmioData(data: Uint8Array, length: number): string {
  let value = 0n;
  for (let n = Math.min(length, 8) - 1; n >= 0; n--) value = (value << 8n) | BigInt(data[n] ?? 0);
  return hex(value);
}

function registerText(record: LogRecord): string {
  const [idLow = 0, idHigh = 0, ...value] = record.words;
  const id = (BigInt(idHigh) << 32n) | BigInt(idLow);
  const name = record.registerName?.(id) ?? hex(id);
  if (record.result < 0) return name;
  const words = Math.max(1, Math.min(4, bytesOfRegister(id) / 4));
  let total = 0n;
  for (let n = words - 1; n >= 0; n--) total = (total << 32n) | BigInt(value[n] ?? 0);
  return `${name} = ${hex(total)}`;
}

function runText(record: LogRecord, texts: CallTexts): string {
  if (record.result < 0) return `KVM_RUN -> -${errnoName(-record.result)}`;
  const text = texts.exits.get(record.reason) ?? EXITS.get(record.reason);
  const bytes = new Uint8Array(kvm_run.bytes);
  new Uint32Array(bytes.buffer, 32, record.words.length).set(record.words);
  return `KVM_RUN -> ${exitName(record.reason)}${text?.(kvm_run.over(bytes)) ?? ''}`;
}

/** A log record in the kernel's words; `texts` are the architecture's. */
export function describeLogRecord(record: LogRecord, texts: CallTexts): string {
  switch (record.kind) {
    case LOG_RECORD.RUN:
      return runText(record, texts);
    case LOG_RECORD.PREEMPTION:
      return `end of slice, next vCPU ${record.words[0] ?? 0}`;
    default: {
      const name = record.call?.name ?? 'unknown call';
      if (record.registerName !== undefined) return `${name} ${registerText(record)}${answer(record.result)}`;
      const text = texts.calls[name] ?? ARGUMENTS[name];
      const detail = record.argument === undefined ? undefined : text?.(record.argument);
      return `${name}${detail === undefined ? '' : ` ${detail}`}${answer(record.result)}`;
    }
  }
}
