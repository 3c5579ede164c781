// SPDX-License-Identifier: MIT
import { type Result, success, type VirtualAddress, virtualAddress } from '../../base/index.js';
import { type Member, sizeOf, spellType, underlyingType } from '../../symbols/index.js';
import type { FrameContext } from '../frames/frameContext.js';
import { arrayElements, type DescribeAddress, hasChildren, valueText } from './format.js';
import { loadScalar } from './scalarValue.js';
import { elementValue, memberValue, type Value } from './value.js';
import type { ValueFormat, ValueView } from './valueView.js';

/** What a view of a value needs beside the value. */
export interface ViewSurroundings {
  readonly frame: FrameContext;
  readonly describe: DescribeAddress;
  /** Assigns the C expression `text` to `value`; `expression` names it in refusals. */
  assign(value: Value, text: string): Result<undefined>;
}

/** Never more children at once. */
export const MAXIMUM_CHILDREN = 1000;

/** A `ValueView` of a value of the guest. Reads on demand. */
export class GuestValueView implements ValueView {
  constructor(
    readonly name: string,
    readonly expression: string | undefined,
    /** The value itself, for callers inside this layer. */
    readonly value: Value,
    private readonly surroundings: ViewSurroundings,
  ) {}

  get type(): string {
    return spellType(this.value.type);
  }

  get address(): VirtualAddress | undefined {
    return this.value.place.kind === 'memory' && !this.value.bitField ? virtualAddress(this.value.place.address) : undefined;
  }

  get memoryReference(): VirtualAddress | undefined {
    const type = underlyingType(this.value.type);
    if (type.kind !== 'pointer') return this.address;
    const { number } = this;
    return number === undefined || number === 0n ? undefined : virtualAddress(number);
  }

  get bytes(): number | undefined {
    return sizeOf(this.value.type);
  }

  text(format: ValueFormat = 'natural'): string {
    return valueText(this.value, this.surroundings.frame, format, this.surroundings.describe);
  }

  get number(): bigint | undefined {
    const { kind } = underlyingType(this.value.type);
    if (kind === 'array' || kind === 'function') return undefined;
    const scalar = loadScalar(this.value, this.surroundings.frame);
    if (!scalar.ok || typeof scalar.value !== 'bigint') return undefined;
    return BigInt.asUintN(this.value.bitField?.bits ?? (this.bytes ?? 8) * 8, scalar.value);
  }

  get namedChildren(): number {
    const type = underlyingType(this.value.type);
    if (this.value.place.kind === 'missing' || !hasChildren(type)) return 0;
    if (type.kind === 'structure') return type.members.length;
    if (type.kind !== 'pointer' || !this.number) return 0;
    const target = underlyingType(type.target);
    return target.kind === 'structure' ? target.members.length : 1;
  }

  get indexedChildren(): number {
    if (this.value.place.kind === 'missing') return 0;
    return arrayElements(this.value.type)?.count ?? 0;
  }

  children(first = 0, count = MAXIMUM_CHILDREN): readonly ValueView[] {
    const named = this.namedChildren;
    const total = named + this.indexedChildren;
    const last = Math.min(total, first + Math.min(count, MAXIMUM_CHILDREN));
    const views: ValueView[] = [];
    for (let index = Math.max(0, first); index < last; index++) {
      const child = index < named ? this.#namedChild(index) : this.#element(index - named);
      if (child) views.push(child);
    }
    return views;
  }

  #namedChild(index: number): ValueView | undefined {
    const type = underlyingType(this.value.type);
    if (type.kind === 'structure') return this.#member(this.value, type.members[index], this.expression, '.');
    if (type.kind !== 'pointer') return undefined;
    const target = underlyingType(type.target);
    const { number } = this;
    if (number === undefined) return undefined;
    const pointedTo: Value = { type: type.target, place: { kind: 'memory', address: number } };
    if (target.kind === 'structure') return this.#member(pointedTo, target.members[index], this.expression, '->');
    return new GuestValueView(`*${this.name}`, this.expression && `*(${this.expression})`, pointedTo, this.surroundings);
  }

  #member(structure: Value, member: Member | undefined, parent: string | undefined, operator: '.' | '->'): ValueView | undefined {
    if (!member) return undefined;
    const value = memberValue(structure, member, this.surroundings.frame);
    const inner = underlyingType(member.type);
    const name = member.name ?? (inner.kind === 'structure' ? `<anonymous ${inner.keyword}>` : '<unnamed>');
    const isSimple = parent === undefined || /^[\w$.[\]>-]+$/.test(parent);
    const base = parent === undefined ? undefined : isSimple ? parent : `(${parent})`;
    // Members of an anonymous structure are named as if they were the outer one's.
    const expression =
      base === undefined
        ? undefined
        : member.name === undefined
          ? operator === '->'
            ? `(*${base})`
            : base
          : `${base}${operator}${member.name}`;
    return new GuestValueView(name, expression, value, this.surroundings);
  }

  #element(index: number): ValueView | undefined {
    const array = arrayElements(this.value.type);
    if (!array) return undefined;
    const isSimple = this.expression !== undefined && /^[\w$.[\]>-]+$/.test(this.expression);
    const expression = this.expression && `${isSimple ? this.expression : `(${this.expression})`}[${index}]`;
    return new GuestValueView(`[${index}]`, expression, elementValue(this.value, array.element, BigInt(index)), this.surroundings);
  }

  get isWritable(): boolean {
    const type = underlyingType(this.value.type);
    const isScalar = type.kind === 'base' || type.kind === 'pointer' || type.kind === 'enumeration';
    const { place } = this.value;
    if (!isScalar || place.kind === 'missing' || place.kind === 'bytes') return false;
    return place.kind !== 'pieces' || place.pieces.every(({ location }) => location.kind === 'register' || location.kind === 'memory');
  }

  assign(text: string): Result<ValueView> {
    const outcome = this.surroundings.assign(this.value, text);
    return outcome.ok ? success(this) : outcome;
  }
}
