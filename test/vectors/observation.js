// SPDX-License-Identifier: MIT
/**
 * What one run of one to four instruction words is: what it starts from and what came of it. QEMU
 * and the printers both answer in these terms.
 *
 *   0x5000_0000 ┌──────────────┐ window: 64 KiB of memory, the only addresses that can be loaded and stored
 *   0x5002_0ff0 ├──────────────┤ up to four words; they end at the page's end, and nothing else there is code
 *   0x5003_0000 ├──────────────┤ QEMU only: vectors of EL1
 *               └──────────────┘
 */
export const WINDOW = 0x50000000n;
export const WINDOW_BYTES = 0x1_0000;
export const SLOT_PAGE = 0x50020000n;
export const PAGE_BYTES = 0x1000;
export const SLOT_END = SLOT_PAGE + BigInt(PAGE_BYTES);
/** Address of the last word of every run. */
export const SLOT = SLOT_END - 4n;
export const EL1_VECTORS = 0x50030000n;
export const MAXIMUM_WORDS = 4;
/** X0 to X30, SP and NZCV in bits 31:28 as SPSR_ELx holds it. */
export const STATE_WORDS = 33;
export const STATE_SP = 31;
export const STATE_NZCV = 32;
const hex = (value) => `0x${value.toString(16)}`;
/** Name of a word of the state. */
export const stateName = (index) => (index === STATE_SP ? 'sp' : index === STATE_NZCV ? 'nzcv' : `x${index}`);
/** `ending` in words. */
export function describeEnding(ending) {
    switch (ending.kind) {
        case 'retired':
            return `retires to ${hex(ending.pc)}`;
        case 'undefined':
            return 'is UNDEFINED';
        case 'memory':
            return `${ending.isAlignment ? 'is misaligned' : 'faults'} ${ending.isWrite ? 'writing' : 'reading'} ${hex(ending.address)}`;
        case 'exception':
            return `takes an exception of class ${hex(ending.class)}, syndrome ${hex(ending.syndrome)}`;
        case 'left':
            return `leaves to ${ending.routine} with ${hex(ending.payload)}`;
    }
}
/** What differs between two outcomes, a sentence each; empty if they agree. A syndrome is compared if both know it. */
export function differences(expected, actual) {
    const found = [];
    const [wanted, got] = [describeEnding(expected.ending), describeEnding(actual.ending)];
    if (wanted !== got)
        found.push(`${got} instead of: ${wanted}`);
    if (expected.ending.kind === 'memory' && actual.ending.kind === 'memory') {
        const [a, b] = [expected.ending.syndrome, actual.ending.syndrome];
        if (a !== undefined && b !== undefined && a !== b)
            found.push(`syndrome ISS[24:14] is ${hex(b)} instead of ${hex(a)}`);
    }
    for (let index = 0; index < STATE_WORDS; index++) {
        const [a, b] = [expected.state[index] ?? 0n, actual.state[index] ?? 0n];
        if (a !== b)
            found.push(`${stateName(index)} is ${hex(b)} instead of ${hex(a)}`);
    }
    const text = (changes) => changes.map(({ offset, content }) => `[${hex(offset)}]=${hex(content)}`).join(' ') || 'nothing';
    const [stored, wrote] = [text(expected.changes), text(actual.changes)];
    if (stored !== wrote)
        found.push(`memory changed ${wrote} instead of ${stored}`);
    return found;
}
/** `input` in words, for a failing test: the words, and of the state what is not zero. */
export function describeInput({ words, state }) {
    const registers = [...state].flatMap((value, index) => (value === 0n ? [] : [`${stateName(index)}=${hex(value)}`]));
    return `words ${words.map(word => hex(word).slice(2).padStart(8, '0')).join(' ')}; ${registers.join(' ')}`;
}
//# sourceMappingURL=observation.js.map