// SPDX-License-Identifier: MIT
import { success } from '../base/index.js';
import { DWARF_SECTIONS, DwarfSections } from './dwarf/sections.js';
import { parseElf } from './elf/parseElf.js';
import { DebugInformationReader } from './model/debugInformationReader.js';
import { ProblemList } from './problem.js';
import { WorkBudget } from './workBudget.js';
/** Opens a program file: headers and the list of units only, the rest when asked. Fails only where `parseElf` does. */
export function openSymbolFile(bytes) {
    const parsed = parseElf(bytes);
    if (!parsed.ok)
        return parsed;
    const elf = parsed.value;
    const debug = openDebugInformation(elf, bytes.length);
    return success({
        elf,
        debug,
        hasDebugInformation: (elf.section('.debug_info')?.bytes.length ?? 0) > 0,
        get problems() {
            return [...elf.problems, ...debug.problems];
        },
    });
}
/** The debug information in the sections of `elf`, which is a file of `fileBytes`. */
export function openDebugInformation(elf, fileBytes) {
    const contents = new Map();
    for (const name of DWARF_SECTIONS) {
        const section = elf.section(name);
        if (section !== undefined)
            contents.set(name, { bytes: section.bytes, address: section.address });
    }
    const sections = new DwarfSections(contents, elf.endianness, elf.elfClass / 8, new ProblemList(), new WorkBudget(fileBytes));
    return new DebugInformationReader(sections);
}
//# sourceMappingURL=symbolFile.js.map