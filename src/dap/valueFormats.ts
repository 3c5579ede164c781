// SPDX-License-Identifier: MIT
import type { ValueFormat } from '../debug/index.js';

/** How the user wants values spelled: in general, and single ones by the expression that means them. */
export class ValueFormats {
  #general: ValueFormat = 'natural';
  readonly #byName = new Map<string, ValueFormat>();

  /** Sets the format of `name`, or of all values without one of their own. */
  set(format: ValueFormat, name: string | undefined): void {
    if (name === undefined) this.#general = format;
    else this.#byName.set(name, format);
  }

  /** The format of a value: its own, else what the client asked for, else that of the value around it, else the general one. */
  of(name: string | undefined, asked: ValueFormat | undefined, around?: ValueFormat): ValueFormat {
    return (name === undefined ? undefined : this.#byName.get(name)) ?? asked ?? around ?? this.#general;
  }

  /** The format that was set for `name` itself. */
  own(name: string | undefined): ValueFormat | undefined {
    return name === undefined ? undefined : this.#byName.get(name);
  }
}
