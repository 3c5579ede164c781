// SPDX-License-Identifier: MIT
import { DW_AT, DW_FORM } from './constants.js';
/** Reads the table at `offset` of `.debug_abbrev`. */
export function readAbbreviations(sections, offset) {
    const table = new Map();
    const reader = sections.reader('.debug_abbrev', offset);
    while (!reader.overrun) {
        const at = reader.position;
        const code = reader.ulebNumber();
        if (code === 0 && !reader.overrun)
            return table;
        const tag = reader.ulebNumber();
        const hasChildren = reader.u8() !== 0;
        const attributes = [];
        for (;;) {
            const name = reader.ulebNumber();
            const form = reader.ulebNumber();
            const implicitValue = form === DW_FORM.DW_FORM_implicit_const ? reader.sleb() : 0n;
            if ((name === 0 && form === 0) || reader.overrun)
                break;
            attributes.push({ name, form, implicitValue });
        }
        if (reader.overrun)
            break;
        if (!sections.budget.spend(1 + attributes.length))
            return table;
        if (table.has(code))
            sections.problems.report('.debug_abbrev', at, `Abbreviation ${code} is declared twice; the first one is used.`);
        else
            table.set(code, { code, tag, hasChildren, attributes });
    }
    sections.problems.report('.debug_abbrev', offset, 'The section ends inside the abbreviations table that begins here.');
    return table;
}
/** Whether an entry of the table has a location list: what tells gdb that a compiler tracks variables through the prologue. */
export function hasLocationLists(table, version) {
    const { DW_FORM_sec_offset, DW_FORM_loclistx, DW_FORM_data4, DW_FORM_data8 } = DW_FORM;
    for (const { attributes } of table.values()) {
        for (const { name, form } of attributes) {
            if (name !== DW_AT.DW_AT_location)
                continue;
            if (form === DW_FORM_sec_offset || form === DW_FORM_loclistx)
                return true;
            if (version < 4 && (form === DW_FORM_data4 || form === DW_FORM_data8))
                return true;
        }
    }
    return false;
}
//# sourceMappingURL=abbreviations.js.map