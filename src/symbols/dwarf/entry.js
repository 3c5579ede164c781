import { readForm, skipForm } from './attributeValue.js';
import { DW_AT, DW_FORM } from './constants.js';
/** How far references from entry to entry (origin, specification) are followed. Compilers use two steps. */
const MAXIMUM_ORIGINS = 8;
/** A debugging information entry. Attributes are read when asked for. */
export class Entry {
    unit;
    offset;
    abbreviation;
    attributesPosition;
    parent;
    depth;
    children = [];
    constructor(unit, 
    /** Unique in the file: the offset in `.debug_info` (see `Unit.bias`). */
    offset, abbreviation, 
    /** Where its attributes begin in the section. */
    attributesPosition, parent, 
    /** 0 for the unit's own entry. */
    depth) {
        this.unit = unit;
        this.offset = offset;
        this.abbreviation = abbreviation;
        this.attributesPosition = attributesPosition;
        this.parent = parent;
        this.depth = depth;
    }
    get tag() {
        return this.abbreviation.tag;
    }
    /** Whether the entry itself has the attribute. */
    has(name) {
        return this.abbreviation.attributes.some(attribute => attribute.name === name);
    }
    /** The value of the entry's own attribute; `undefined` if it has none. */
    attribute(name) {
        if (!this.has(name))
            return undefined;
        const reader = this.unit.reader(this.attributesPosition);
        for (const { name: candidate, form, implicitValue } of this.abbreviation.attributes) {
            if (candidate === name) {
                const value = readForm(reader, form, implicitValue, this.unit);
                return reader.overrun ? { kind: 'unavailable', form } : value;
            }
            if (!skipForm(reader, form, this.unit))
                return undefined;
        }
        return undefined;
    }
    /** A section offset, read without asking the unit for anything: safe for the unit's own bases. */
    baseOffset(name) {
        const specification = this.abbreviation.attributes.find(attribute => attribute.name === name);
        const { DW_FORM_sec_offset, DW_FORM_data4, DW_FORM_data8 } = DW_FORM;
        if (specification === undefined)
            return undefined;
        if (![DW_FORM_sec_offset, DW_FORM_data4, DW_FORM_data8].some(form => form === specification.form))
            return undefined;
        const value = this.attribute(name);
        if (value?.kind === 'sectionOffset')
            return value.offset;
        return value?.kind === 'constant' ? Number(value.value) : undefined;
    }
    /** The entry and those it completes: DW_AT_abstract_origin, DW_AT_specification, DW_AT_signature, one after the other. */
    *withOrigins() {
        let entry = this;
        for (let count = 0; entry !== undefined && count < MAXIMUM_ORIGINS; count++) {
            yield entry;
            entry =
                entry.reference(DW_AT.DW_AT_abstract_origin) ??
                    entry.reference(DW_AT.DW_AT_specification) ??
                    entry.reference(DW_AT.DW_AT_signature);
        }
    }
    /** The attribute of the entry, or of the first of its origins that has it. */
    inheritedAttribute(name) {
        if (this.has(name))
            return this.attribute(name);
        for (const entry of this.withOrigins())
            if (entry.has(name))
                return entry.attribute(name);
        return undefined;
    }
    /** The entry that an attribute of this entry refers to. */
    reference(name) {
        const value = this.attribute(name);
        if (value?.kind === 'reference')
            return this.unit.information.entryAt(value.offset);
        return value?.kind === 'signature' ? this.unit.information.typeWithSignature(value.signature) : undefined;
    }
    /** The string of an attribute, inherited. */
    string(name) {
        const value = this.inheritedAttribute(name);
        return value?.kind === 'string' ? value.text : undefined;
    }
    /** The number of an attribute, inherited; forms of fixed size are taken as unsigned. Above 2^53 or negative: `undefined`. */
    number(name) {
        const value = this.inheritedAttribute(name);
        if (value?.kind !== 'constant' || value.value < 0n || value.value > BigInt(Number.MAX_SAFE_INTEGER))
            return undefined;
        return Number(value.value);
    }
    /** Whether a flag is set, inherited. */
    flag(name) {
        const value = this.inheritedAttribute(name);
        return value?.kind === 'flag' && value.isSet;
    }
    /** The entry's own address attribute. */
    address(name) {
        const value = this.attribute(name);
        return value?.kind === 'address' ? value.address : undefined;
    }
}
//# sourceMappingURL=entry.js.map