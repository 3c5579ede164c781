// SPDX-License-Identifier: MIT
import { virtualAddress } from '../../base/index.js';
import { DW_AT, DW_TAG } from '../dwarf/constants.js';
import { isLocationList, readLocationList, selectLocation } from '../dwarf/locationList.js';
import { codeRanges } from '../dwarf/rangeList.js';
import { unitExpression } from '../dwarf/unitExpression.js';
import { readCallSites } from './callSiteReader.js';
import { EntryVariable } from './variableReader.js';
/** What the entries of all scopes give, read on first use. */
class EntryScope {
    entry;
    context;
    #ranges;
    #parameters;
    #variables;
    #children;
    constructor(entry, context) {
        this.entry = entry;
        this.context = context;
    }
    get offset() {
        return this.entry.offset;
    }
    get unit() {
        return this.context.unitOf(this.entry);
    }
    get ranges() {
        this.#ranges ??= codeRanges(this.entry);
        return this.#ranges;
    }
    get parameters() {
        this.#parameters ??= this.#read(tag => tag === DW_TAG.DW_TAG_formal_parameter);
        return this.#parameters;
    }
    get variables() {
        this.#variables ??= this.#read(tag => tag === DW_TAG.DW_TAG_variable || tag === DW_TAG.DW_TAG_constant);
        return this.#variables;
    }
    get children() {
        this.#children ??= this.entry.children.flatMap((child) => {
            if (child.tag === DW_TAG.DW_TAG_inlined_subroutine)
                return [new EntryInlinedFunction(child, this.context)];
            return BLOCK_TAGS.includes(child.tag) ? [new EntryBlock(child, this.context)] : [];
        });
        return this.#children;
    }
    #read(isWanted) {
        return this.entry.children.filter(({ tag }) => isWanted(tag)).map(child => new EntryVariable(child, this.context));
    }
}
const BLOCK_TAGS = [DW_TAG.DW_TAG_lexical_block, DW_TAG.DW_TAG_try_block, DW_TAG.DW_TAG_catch_block];
class EntryBlock extends EntryScope {
    kind = 'block';
}
/** What functions and their inlined copies have in common. */
class EntryFunctionScope extends EntryScope {
    get name() {
        return this.entry.string(DW_AT.DW_AT_name) ?? `<function at ${this.offset}>`;
    }
    get linkageName() {
        return this.entry.string(DW_AT.DW_AT_linkage_name) ?? this.entry.string(DW_AT.DW_AT_MIPS_linkage_name);
    }
    get declaration() {
        return this.context.declarationOf(this.entry);
    }
    get originOffset() {
        return this.entry.reference(DW_AT.DW_AT_abstract_origin)?.offset ?? this.offset;
    }
    get type() {
        // An inlined copy lists only the parameters that were kept; the abstract instance has all.
        return this.context.types.functionType(this.entry.reference(DW_AT.DW_AT_abstract_origin) ?? this.entry);
    }
    get entryAddress() {
        const low = this.entry.address(DW_AT.DW_AT_low_pc);
        const entry = this.entry.attribute(DW_AT.DW_AT_entry_pc);
        const base = low ?? this.ranges[0]?.start ?? 0n;
        if (entry?.kind === 'address')
            return entry.address;
        // Since version 5 it may be an offset from the base.
        return entry?.kind === 'constant' ? base + entry.value : base;
    }
}
/** DW_TAG_subprogram with code. */
export class EntrySubprogram extends EntryFunctionScope {
    kind = 'function';
    #frameBases;
    #callSites;
    get isExternal() {
        return this.entry.flag(DW_AT.DW_AT_external);
    }
    get frameBase() {
        return this.frameBaseAt(this.entryAddress);
    }
    frameBaseAt(pc) {
        const value = this.entry.inheritedAttribute(DW_AT.DW_AT_frame_base);
        const { unit } = this.entry;
        if (value?.kind === 'block')
            return unitExpression(unit, value.bytes);
        if (value === undefined || !isLocationList(value, unit.version))
            return undefined;
        this.#frameBases ??= readLocationList(unit, value);
        const bytes = selectLocation(this.#frameBases, pc);
        return bytes && unitExpression(unit, bytes);
    }
    get callSites() {
        this.#callSites ??= readCallSites(this.entry);
        return this.#callSites;
    }
    get entryPoint() {
        return virtualAddress(this.entryAddress);
    }
}
class EntryInlinedFunction extends EntryFunctionScope {
    kind = 'inlined';
    get call() {
        const { entry } = this;
        const [file, line, column] = [DW_AT.DW_AT_call_file, DW_AT.DW_AT_call_line, DW_AT.DW_AT_call_column].map(name => entry.number(name));
        return this.context.positionIn(entry, file, line, column);
    }
    get entryPoint() {
        return virtualAddress(this.entryAddress);
    }
}
//# sourceMappingURL=scopeReader.js.map