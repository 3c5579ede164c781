// SPDX-License-Identifier: MIT
import type { PhysicalAddress, VirtualAddress } from '../../base/index.js';
import type { Vcpu } from '../../kvm/index.js';
import type { Machine, MappingAttribute, TranslationStep } from '../../vmm/index.js';
import type { RegisterModel } from '../registers/registerFile.js';
import type { FieldView } from '../registers/registerView.js';
import { fieldViews } from '../registers/registerViews.js';

/** A range of the machine's physical addresses and what answers there. */
export interface MemoryRegionView {
  readonly kind: 'ram' | 'device';
  readonly name: string;
  readonly start: PhysicalAddress;
  /** Bytes. */
  readonly size: number;
}

/** A register or an entry of a table that a translation looked at. */
export interface TranslationStepView {
  readonly kind: 'register' | 'entry';
  /** `TCR_EL1`, `Level 1: Table`, `HPTE1`. */
  readonly title: string;
  /** The manual's heading of what it is. */
  readonly description: string;
  readonly value: bigint;
  /** Where an entry lies in physical memory; `undefined` for what lies elsewhere. */
  readonly address: bigint | undefined;
  /** Where it was found, in words: `primary group 0x12, entry 3`. */
  readonly place: string | undefined;
  readonly fields: readonly FieldView[];
}

/** How a vCPU translates an address: each thing that it looks at, in order, and what comes of it. */
export interface TranslationView {
  readonly vcpu: number;
  readonly address: VirtualAddress;
  /** `EL1&0 stage 1`, `Radix tree`, `Hashed page table`, `Real addressing mode`. */
  readonly regime: string;
  readonly steps: readonly TranslationStepView[];
  /** The physical address; `undefined` if there is none. */
  readonly physical: bigint | undefined;
  /** Bytes of the page or block; `undefined` if nothing is mapped by pages. */
  readonly pageBytes: bigint | undefined;
  readonly attributes: readonly MappingAttribute[];
  /** Why there is no physical address, a sentence. */
  readonly fault: string | undefined;
  /** What answers at the physical address: `RAM`, a device; `undefined` if nothing does. */
  readonly region: string | undefined;
}

export const memoryRegions = ({ memory }: Machine): readonly MemoryRegionView[] =>
  memory.regions.map(({ kind, name, start, size }) => ({ kind, name, start, size }));

/** How `vcpu` translates `address` now; it must be outside of KVM_RUN. */
export function translationView(machine: Machine, vcpu: Vcpu, model: RegisterModel, address: VirtualAddress): TranslationView {
  const { regime, steps, outcome } = machine.explainTranslation(vcpu, address);
  const mapped = outcome.kind === 'mapped' ? outcome : undefined;
  return {
    vcpu: vcpu.index,
    address,
    regime,
    steps: steps.map(step => stepView(step, model)),
    physical: mapped?.address,
    pageBytes: mapped?.pageBytes,
    attributes: mapped?.attributes ?? [],
    fault: outcome.kind === 'unmapped' ? outcome.why : undefined,
    region: mapped && machine.memory.find(mapped.address)?.region.name,
  };
}

function stepView(step: TranslationStep, model: RegisterModel): TranslationStepView {
  const { kind, value } = step;
  if (step.kind === 'entry') {
    const { title, layout, address, place } = step;
    return { kind, title, description: layout.title, value, address, place, fields: fieldViews(layout, value, undefined) };
  }
  const name = step.name.toLowerCase();
  const layout = model.description(name);
  return {
    kind,
    title: step.name,
    description: model.title(name),
    value,
    address: undefined,
    place: undefined,
    fields: layout === undefined ? [] : fieldViews(layout, value, undefined),
  };
}
