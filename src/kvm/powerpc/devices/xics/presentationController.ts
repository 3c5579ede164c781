// SPDX-License-Identifier: MIT

/** A priority that no interrupt has: 0 is the most favoured one. */
export const MASKED = 0xff;
/** XISR of an interrupt from another processor. */
export const XICS_IPI = 2;

/** What a processor's presentation controller holds: union kvmppc_icp_state. */
export interface PresentationState {
  /** Current Processor Priority Register: less favoured interrupts and equal ones wait. */
  readonly CPPR: number;
  /** Most Favored Request Register: the priority of the IPI that other processors ask for; MASKED for none. */
  readonly MFRR: number;
  /** External Interrupt Source Register: the interrupt that is presented, 0 for none. */
  readonly XISR: number;
  /** The priority of the interrupt in XISR. */
  readonly pendingPriority: number;
}

/** One processor's Interrupt Presentation Controller (Linux 6.1: struct kvmppc_icp). Its state changes as a whole. */
export class PresentationController {
  #state: PresentationState = { CPPR: 0, MFRR: MASKED, XISR: 0, pendingPriority: MASKED };
  /** A source could not present its interrupt and waits for CPPR or MFRR to become less favoured. */
  needsResend = false;

  /** `server` is the number by which sources and other processors name the processor; `setExternal` drives its external interrupt. */
  constructor(
    readonly server: number,
    private readonly setExternal: (isHigh: boolean) => void,
  ) {}

  get state(): PresentationState {
    return this.#state;
  }

  /** icp_try_update(). */
  update(changes: Partial<PresentationState>): void {
    this.#state = { ...this.#state, ...changes };
    const { XISR, pendingPriority, CPPR } = this.#state;
    this.setExternal(XISR !== 0 && pendingPriority < CPPR);
  }

  /** XISR and the priority of what the processor works on, as H_XIRR and H_IPOLL answer them. */
  get XIRR(): bigint {
    return (BigInt(this.#state.CPPR) << 24n) | BigInt(this.#state.XISR);
  }

  /** Accept_Interrupt: the presented interrupt is the processor's now. */
  accept(): bigint {
    const { XIRR } = this;
    const { XISR, pendingPriority } = this.#state;
    if (XISR !== 0) this.update({ CPPR: pendingPriority, pendingPriority: MASKED, XISR: 0 });
    return XIRR;
  }

  /** icp_try_to_deliver(): presents `irq`, or remembers that it waits. Answers the interrupt that had to give way, 0 for none; `undefined`: it waits. */
  deliver(irq: number, priority: number): number | undefined {
    const { CPPR, MFRR, XISR, pendingPriority } = this.#state;
    if (CPPR <= priority || MFRR <= priority || pendingPriority <= priority) {
      this.needsResend = true;
      return undefined;
    }
    this.update({ XISR: irq, pendingPriority: priority });
    return XISR;
  }

  /** icp_down_cppr(): CPPR becomes less favoured, so that an IPI may be presented. Answers whether sources wait. */
  lower(CPPR: number): boolean {
    const { MFRR, pendingPriority } = this.#state;
    const isIpiNow = MFRR < CPPR && MFRR <= pendingPriority;
    this.update(isIpiNow ? { CPPR, pendingPriority: MFRR, XISR: XICS_IPI } : { CPPR });
    return this.takeResend();
  }

  /** Up_CPPR: answers the interrupt that must not be presented any more, 0 for none. */
  raise(CPPR: number): number {
    const { XISR, pendingPriority } = this.#state;
    const isRejected = CPPR <= pendingPriority;
    this.update(isRejected ? { CPPR, XISR: 0, pendingPriority: MASKED } : { CPPR });
    return isRejected ? XISR : 0;
  }

  /** Set_MFRR and Check_IPI: answers the interrupt that had to give way, and whether sources wait. */
  request(MFRR: number): { readonly rejected: number; readonly resends: boolean } {
    const before = this.#state;
    const isIpiNow = MFRR < before.CPPR && MFRR <= before.pendingPriority;
    this.update(isIpiNow ? { MFRR, pendingPriority: MFRR, XISR: XICS_IPI } : { MFRR });
    return { rejected: isIpiNow ? before.XISR : 0, resends: MFRR > before.MFRR && this.takeResend() };
  }

  /** Whether sources wait; they are told, so that nobody waits any more. */
  takeResend(): boolean {
    const { needsResend } = this;
    this.needsResend = false;
    return needsResend;
  }
}
