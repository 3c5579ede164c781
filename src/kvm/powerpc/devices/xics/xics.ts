// SPDX-License-Identifier: MIT
import { KVM_DEV_XICS_GRP_SOURCES, KVM_XICS } from '../../../abi/powerpc/constants.js';
import type { ArchitectureDevice } from '../../../architecture.js';
import { type CallAnswer, refusal } from '../../../kvmFile.js';
import { MASKED, PresentationController, type PresentationState, XICS_IPI } from './presentationController.js';

// Linux 6.1: arch/powerpc/kvm/book3s_xics.c. On hosts with XIVE Linux gives the same calls to the guest (book3s_xive.c).

const [FIRST_IRQ, IRQS] = [16n, 1n << 20n];
/** Bits of an attribute of a source. */
const [SERVER, PRIORITY_SHIFT] = [0xffff_ffffn, 32n];

/** One interrupt source: struct ics_irq_state. */
interface Source {
  readonly number: number;
  server: number;
  priority: number;
  /** The priority that int-on gives back. */
  savedPriority: number;
  isLevel: boolean;
  /** The interrupt has come and its EOI has not. */
  isPresented: boolean;
  /** A message that has come once more before the EOI. */
  isQueued: boolean;
  /** It could not be presented: its server is busy with something at least as favoured. */
  waits: boolean;
  /** It came while it was masked. */
  isMaskedPending: boolean;
}

/** The interrupt controller of PAPR in the kernel: sources of a VM, and a presentation controller for each vCPU that is connected. */
export class Xics implements ArchitectureDevice {
  descriptor: number | undefined;
  /** In ascending order. */
  #sources: Source[] = [];
  readonly #servers = new Map<number, PresentationController>();

  /** kvmppc_xics_create_icp(); `undefined`: the server's number is taken. */
  connect(server: number, setExternal: (isHigh: boolean) => void): PresentationController | undefined {
    if (this.#servers.has(server)) return undefined;
    const controller = new PresentationController(server, setExternal);
    this.#servers.set(server, controller);
    return controller;
  }

  server(number: number): PresentationController | undefined {
    return this.#servers.get(number);
  }

  #source(irq: number): Source | undefined {
    return this.#sources.find(({ number }) => number === irq);
  }

  hasAttribute(group: number, attr: bigint): CallAnswer {
    if (group === KVM_DEV_XICS_GRP_SOURCES && attr >= FIRST_IRQ && attr < IRQS) return 0;
    return refusal('ENXIO', `XICS has no attribute ${attr} in group ${group}.`);
  }

  /** xics_set_source(): the interrupt exists from now on. */
  setAttribute(group: number, attr: bigint, value: Uint8Array): CallAnswer {
    if (group !== KVM_DEV_XICS_GRP_SOURCES) return refusal('ENXIO', `XICS has no group ${group}.`);
    if (attr < FIRST_IRQ || attr >= IRQS) return refusal('ENOENT', `Interrupt sources have numbers from ${FIRST_IRQ} to ${IRQS - 1n}.`);
    if (value.length < 8) return refusal('EFAULT', 'An interrupt source is described by 8 bytes.');
    const word = new DataView(value.buffer, value.byteOffset).getBigUint64(0, true);
    const [server, priority] = [Number(word & SERVER), Number((word >> PRIORITY_SHIFT) & 0xffn)];
    if (priority !== MASKED && !this.#servers.has(server)) return refusal('EINVAL', `There is no server ${server}.`);
    const number = Number(attr);
    const source: Source = {
      number,
      server,
      priority: (word & KVM_XICS.MASKED) !== 0n ? MASKED : priority,
      savedPriority: priority,
      isLevel: (word & KVM_XICS.LEVEL_SENSITIVE) !== 0n,
      isPresented: (word & (KVM_XICS.PRESENTED | KVM_XICS.PENDING)) !== 0n,
      isQueued: (word & KVM_XICS.QUEUED) !== 0n,
      waits: false,
      isMaskedPending: false,
    };
    this.#sources = [...this.#sources.filter(other => other.number !== number), source].sort((a, b) => a.number - b.number);
    if ((word & KVM_XICS.PENDING) !== 0n) this.#deliver(number);
    return 0;
  }

  /** xics_get_source(). */
  getAttribute(group: number, attr: bigint, into: Uint8Array): CallAnswer {
    const source = group === KVM_DEV_XICS_GRP_SOURCES ? this.#source(Number(attr)) : undefined;
    if (group !== KVM_DEV_XICS_GRP_SOURCES) return refusal('ENXIO', `XICS has no group ${group}.`);
    if (source === undefined) return refusal('ENOENT', `There is no interrupt source ${attr}.`);
    if (into.length < 8) return refusal('EFAULT', 'An interrupt source is described by 8 bytes.');
    const isMasked = source.priority === MASKED;
    let word = BigInt(source.server) | (BigInt(isMasked ? source.savedPriority : source.priority) << PRIORITY_SHIFT);
    if (isMasked) word |= KVM_XICS.MASKED;
    if (source.isLevel) word |= KVM_XICS.LEVEL_SENSITIVE;
    if (source.isLevel ? source.isPresented : source.isMaskedPending || source.waits) word |= KVM_XICS.PENDING;
    if (source.isPresented) word |= KVM_XICS.PRESENTED;
    if (source.isQueued) word |= KVM_XICS.QUEUED;
    new DataView(into.buffer, into.byteOffset).setBigUint64(0, word, true);
    return 0;
  }

  /** ics_deliver_irq(): the input of a source. A message comes with each call that sets it; a level stays until it is taken away. False: no such source. */
  setInput(irq: number, isHigh: boolean): boolean {
    const source = this.#source(irq);
    if (source === undefined) return false;
    if (!isHigh) {
      if (source.isLevel) source.isPresented = source.isQueued = false;
      return true;
    }
    const wasPresented = source.isPresented;
    source.isPresented = true;
    if (!source.isLevel && wasPresented) source.isQueued = true;
    if (!wasPresented) this.#deliver(irq);
    return true;
  }

  /** icp_deliver_irq(): presents an interrupt; what gives way to it is presented again. */
  #deliver(irq: number): void {
    for (let next = irq; next !== 0 && next !== XICS_IPI; ) {
      const source = this.#source(next);
      const controller = source === undefined ? undefined : this.#servers.get(source.server);
      if (source === undefined || controller === undefined) return;
      source.waits = false;
      if (source.priority === MASKED) {
        source.isMaskedPending = true;
        return;
      }
      const rejected = controller.deliver(next, source.priority);
      if (rejected === undefined) {
        source.waits = true;
        return;
      }
      next = rejected;
    }
  }

  /** icp_check_resend(): the sources that wait for this server try again, in the order of their numbers. */
  #resend({ server }: PresentationController): void {
    for (const source of this.#sources) if (source.waits && source.server === server) this.#deliver(source.number);
  }

  /** H_CPPR. */
  setCppr(controller: PresentationController, CPPR: number): void {
    const before = controller.state.CPPR;
    if (CPPR > before) this.#lower(controller, CPPR);
    else if (CPPR < before) this.#deliver(controller.raise(CPPR));
  }

  #lower(controller: PresentationController, CPPR: number): void {
    if (controller.lower(CPPR)) this.#resend(controller);
  }

  /** H_EOI: `XIRR` has the priority to go back to and the interrupt that is over. False: no such interrupt. */
  endInterrupt(controller: PresentationController, XIRR: bigint): boolean {
    this.#lower(controller, Number((XIRR >> 24n) & 0xffn));
    const irq = Number(XIRR & 0xff_ffffn);
    if (irq === XICS_IPI) return true;
    const source = this.#source(irq);
    if (source === undefined) return false;
    if (!source.isLevel) [source.isPresented, source.isQueued] = [source.isQueued, false];
    if (source.isPresented) this.#deliver(irq);
    return true;
  }

  /** H_IPI. */
  requestIpi(controller: PresentationController, MFRR: number): void {
    const { rejected, resends } = controller.request(MFRR);
    this.#deliver(rejected);
    if (resends) this.#resend(controller);
  }

  /** kvmppc_xics_set_icp(), after the state has been found consistent. */
  setPresentation(controller: PresentationController, state: PresentationState): void {
    const isLessFavoured = state.MFRR > controller.state.MFRR;
    controller.update(state);
    if (isLessFavoured && controller.takeResend()) this.#resend(controller);
  }

  /** Whether a state can be: an IPI with MFRR's priority, a source with a more favoured one, nothing with none. */
  isConsistent({ CPPR, MFRR, XISR, pendingPriority }: PresentationState): boolean {
    if (XISR === 0) return pendingPriority === MASKED;
    if (XISR === XICS_IPI) return pendingPriority === MFRR && pendingPriority < CPPR;
    return pendingPriority < MFRR && pendingPriority < CPPR && this.#source(XISR) !== undefined;
  }

  /** kvmppc_xics_set_xive(): false if there is no such source or server. */
  setXive(irq: number, server: number, priority: number): boolean {
    const source = this.#source(irq);
    return source !== undefined && this.#writeXive(source, server, priority, priority);
  }

  /** kvmppc_xics_get_xive(). */
  getXive(irq: number): { readonly server: number; readonly priority: number } | undefined {
    return this.#source(irq);
  }

  /** kvmppc_xics_int_on(). */
  intOn(irq: number): boolean {
    const source = this.#source(irq);
    return source !== undefined && this.#writeXive(source, source.server, source.savedPriority, source.savedPriority);
  }

  /** kvmppc_xics_int_off(). */
  intOff(irq: number): boolean {
    const source = this.#source(irq);
    if (source === undefined) return false;
    [source.savedPriority, source.priority] = [source.priority, MASKED];
    return true;
  }

  #writeXive(source: Source, server: number, priority: number, savedPriority: number): boolean {
    if (!this.#servers.has(server)) return false;
    Object.assign(source, { server, priority, savedPriority });
    if ((source.isMaskedPending || source.waits) && priority !== MASKED) {
      source.isMaskedPending = false;
      this.#deliver(source.number);
    }
    return true;
  }
}
