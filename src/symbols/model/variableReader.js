import { DW_AT, DW_TAG } from '../dwarf/constants.js';
import { isLocationList, readLocationList, selectLocation } from '../dwarf/locationList.js';
import { unitExpression } from '../dwarf/unitExpression.js';
/** A variable, parameter or constant of the program, read from its entry as needed. */
export class EntryVariable {
    entry;
    context;
    #location;
    #list;
    constructor(entry, context) {
        this.entry = entry;
        this.context = context;
    }
    get offset() {
        return this.entry.offset;
    }
    get name() {
        return this.entry.string(DW_AT.DW_AT_name);
    }
    get linkageName() {
        return this.entry.string(DW_AT.DW_AT_linkage_name) ?? this.entry.string(DW_AT.DW_AT_MIPS_linkage_name);
    }
    get type() {
        return this.context.types.typeOf(this.entry);
    }
    get declaration() {
        return this.context.declarationOf(this.entry);
    }
    get isParameter() {
        return this.entry.tag === DW_TAG.DW_TAG_formal_parameter;
    }
    get isArtificial() {
        return this.entry.flag(DW_AT.DW_AT_artificial);
    }
    get isExternal() {
        return this.entry.flag(DW_AT.DW_AT_external);
    }
    /** A definition may complete a declaration, whose flag it must not inherit. */
    get isDeclaration() {
        const value = this.entry.attribute(DW_AT.DW_AT_declaration);
        return value?.kind === 'flag' && value.isSet;
    }
    get unit() {
        return this.context.unitOf(this.entry);
    }
    locationAt(pc) {
        const { entry } = this;
        this.#location ??= entry.inheritedAttribute(DW_AT.DW_AT_location) ?? 'absent';
        if (this.#location === 'absent')
            return this.#constant();
        // A list or expression belongs to the unit that it stands in.
        const unit = entry.unit;
        if (this.#location.kind === 'block')
            return this.#expression(this.#location.bytes);
        if (!isLocationList(this.#location, unit.version))
            return { kind: 'unreadable', message: 'The location of the variable is in a form that is not known.' };
        this.#list ??= readLocationList(unit, this.#location);
        const bytes = selectLocation(this.#list, pc);
        return bytes === undefined ? { kind: 'optimizedOut' } : this.#expression(bytes);
    }
    #expression(bytes) {
        return bytes.length === 0 ? { kind: 'optimizedOut' } : { kind: 'expression', expression: unitExpression(this.entry.unit, bytes) };
    }
    #constant() {
        const value = this.entry.inheritedAttribute(DW_AT.DW_AT_const_value);
        switch (value?.kind) {
            case 'constant':
                return { kind: 'constantNumber', value: value.value };
            case 'block':
                return { kind: 'constantBytes', bytes: value.bytes };
            case 'string':
                return { kind: 'constantBytes', bytes: new TextEncoder().encode(`${value.text}\0`) };
            case 'address':
                return { kind: 'constantNumber', value: value.address };
            default:
                return { kind: 'optimizedOut' };
        }
    }
}
//# sourceMappingURL=variableReader.js.map