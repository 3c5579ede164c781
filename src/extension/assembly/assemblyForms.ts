// SPDX-License-Identifier: MIT

/** The assembly languages of the manifest. */
export const AARCH64_ASSEMBLY = 'steptrap-aarch64';
export const POWER_ASSEMBLY = 'steptrap-power';

/** Statements that only one assembler has, by the language it means; `undefined` for those of others. */
const FORMS: readonly (readonly [language: string | undefined, form: RegExp])[] = [
  // A general-purpose register of A64 as an operand: behind white space, a comma or a bracket.
  [AARCH64_ASSEMBLY, /[\s,[][xw](?:[12]?\d|30)\s*(?:[,\]!]|$)/im],
  // r3 is a register of other assemblers, too, and a bare 3 is a number everywhere: the moves, immediates and stores with update of POWER in
  // front of such an operand, or of a macro's argument.
  [
    POWER_ASSEMBLY,
    /^\s*(?:[\w.$]+:\s*)?(?:m[ft](?:lr|ctr|cr|msr|spr|xer|srr[01])|mtmsrd|lis|addis|addi|cmp[wd]i|rlwinm\.?|rldic[lr]\.?|std?u|stwu|l[wd]arx|st[wd]cx\.)\s+(?:%?r(?:[12]?\d|3[01])|[12]?\d|3[01]|\\\w+)\s*(?:,|$)/im,
  ],
  // RISC-V, which no grammar here is for, may write x3 as well.
  [
    undefined,
    /^\s*(?:[\w.$]+:\s*)?(?:addiw?|lui|auipc|jalr?|csr[rw]\w*|[ls][bhwd]u?)\s+x(?:[12]?\d|3[01])\s*,\s*(?:-?\w+\(|x(?:[12]?\d|3[01])\s*,\s*-?\d)/im,
  ],
];

/** The language of an assembly source by the forms of its statements; `undefined` if it has those of no assembler, or of several. */
export function assemblyLanguageOf(text: string): string | undefined {
  const [first, ...others] = FORMS.filter(([, form]) => form.test(text));
  return others.length === 0 ? first?.[0] : undefined;
}
