// SPDX-License-Identifier: MIT
import { virtualAddress } from '../../base/index.js';
import { DW_AT, DW_OP, DW_TAG } from '../dwarf/constants.js';
import { SectionReader } from '../dwarf/sectionReader.js';
import { unitExpression } from '../dwarf/unitExpression.js';
/** The call sites below `root`, in the order of the entries. Nesting is bounded by the entries' own depth. */
export function readCallSites(root) {
    const sites = [];
    const visit = (entry) => {
        for (const child of entry.children) {
            if (child.tag === DW_TAG.DW_TAG_call_site || child.tag === DW_TAG.DW_TAG_GNU_call_site) {
                const site = readCallSite(child);
                if (site !== undefined)
                    sites.push(site);
            }
            else if (child.tag !== DW_TAG.DW_TAG_subprogram) {
                visit(child);
            }
        }
    };
    visit(root);
    return sites;
}
function readCallSite(entry) {
    // GCC's extension before DWARF 5 gives the return address as DW_AT_low_pc.
    const returnAddress = entry.address(DW_AT.DW_AT_call_return_pc) ?? entry.address(DW_AT.DW_AT_low_pc);
    if (returnAddress === undefined)
        return undefined;
    const callee = entry.reference(DW_AT.DW_AT_call_origin) ?? entry.reference(DW_AT.DW_AT_abstract_origin);
    return {
        offset: entry.offset,
        returnAddress: virtualAddress(returnAddress),
        isTailCall: entry.flag(DW_AT.DW_AT_call_tail_call) || entry.flag(DW_AT.DW_AT_GNU_tail_call),
        calleeOffset: callee?.offset,
        target: expression(entry, DW_AT.DW_AT_call_target) ?? expression(entry, DW_AT.DW_AT_GNU_call_site_target),
        parameters: entry.children
            .filter(({ tag }) => tag === DW_TAG.DW_TAG_call_site_parameter || tag === DW_TAG.DW_TAG_GNU_call_site_parameter)
            .flatMap(readParameter),
    };
}
function readParameter(entry) {
    const location = entry.attribute(DW_AT.DW_AT_location);
    if (location?.kind !== 'block')
        return [];
    return [
        {
            location: location.bytes,
            register: soleRegister(location.bytes),
            value: expression(entry, DW_AT.DW_AT_call_value) ?? expression(entry, DW_AT.DW_AT_GNU_call_site_value),
            dataValue: expression(entry, DW_AT.DW_AT_call_data_value) ?? expression(entry, DW_AT.DW_AT_GNU_call_site_data_value),
        },
    ];
}
function expression(entry, name) {
    const value = entry.attribute(name);
    return value?.kind === 'block' ? unitExpression(entry.unit, value.bytes) : undefined;
}
/** The register that an expression of the single operation DW_OP_reg<n> or DW_OP_regx names. */
function soleRegister(bytes) {
    const reader = new SectionReader(bytes, 'little');
    const operation = reader.u8();
    let register;
    if (operation >= DW_OP.DW_OP_reg0 && operation <= DW_OP.DW_OP_reg31)
        register = operation - DW_OP.DW_OP_reg0;
    else if (operation === DW_OP.DW_OP_regx)
        register = reader.ulebNumber();
    return reader.atEnd && !reader.overrun ? register : undefined;
}
//# sourceMappingURL=callSiteReader.js.map