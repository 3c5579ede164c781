// SPDX-License-Identifier: MIT
import { DW_AT, DW_TAG } from '../dwarf/constants.js';
import { codeRanges } from '../dwarf/rangeList.js';
import { LineTable } from './lineTable.js';
import { EntrySubprogram } from './scopeReader.js';
import { EntryVariable } from './variableReader.js';
/** Entries that only group others, which count as declared at file level. */
const GROUPING_TAGS = [DW_TAG.DW_TAG_namespace, DW_TAG.DW_TAG_module, DW_TAG.DW_TAG_imported_unit];
/** Entries that declare a type which has a name. */
const NAMED_TYPE_TAGS = [
    DW_TAG.DW_TAG_base_type,
    DW_TAG.DW_TAG_typedef,
    DW_TAG.DW_TAG_structure_type,
    DW_TAG.DW_TAG_union_type,
    DW_TAG.DW_TAG_class_type,
    DW_TAG.DW_TAG_enumeration_type,
];
/** The model of one unit, read on first use. */
export class UnitReader {
    unit;
    context;
    sourceFiles;
    #ranges;
    #functions;
    #variables;
    #typeEntries;
    #lineTable;
    constructor(unit, context, sourceFiles) {
        this.unit = unit;
        this.context = context;
        this.sourceFiles = sourceFiles;
    }
    get offset() {
        return this.unit.offset;
    }
    get version() {
        return this.unit.version;
    }
    get addressSize() {
        return this.unit.addressSize;
    }
    get name() {
        return this.unit.root?.string(DW_AT.DW_AT_name) ?? '';
    }
    get compilationDirectory() {
        return this.unit.root?.string(DW_AT.DW_AT_comp_dir) ?? '';
    }
    get producer() {
        return this.unit.root?.string(DW_AT.DW_AT_producer) ?? '';
    }
    get language() {
        return this.unit.root?.number(DW_AT.DW_AT_language) ?? 0;
    }
    get ranges() {
        if (this.#ranges === undefined) {
            const { root } = this.unit;
            const stated = root === undefined ? [] : codeRanges(root);
            // Some assemblers and old compilers give the unit no range of its own.
            this.#ranges =
                stated.length > 0 || root === undefined || this.unit.isTypeUnit ? stated : this.functions.flatMap(({ ranges }) => ranges);
        }
        return this.#ranges;
    }
    get functions() {
        this.#functions ??= this.#subprograms().map(entry => new EntrySubprogram(entry, this.context));
        return this.#functions;
    }
    get variables() {
        this.#variables ??= this.#topLevel()
            .filter(({ tag }) => tag === DW_TAG.DW_TAG_variable)
            .map(entry => new EntryVariable(entry, this.context));
        return this.#variables;
    }
    /** Entries that declare named types at file level. */
    get typeEntries() {
        this.#typeEntries ??= this.#topLevel().filter(entry => NAMED_TYPE_TAGS.includes(entry.tag) && entry.has(DW_AT.DW_AT_name));
        return this.#typeEntries;
    }
    get types() {
        return this.typeEntries.map(entry => this.context.types.read(entry));
    }
    get files() {
        return this.lineTable.files;
    }
    get lineRows() {
        return this.lineTable.rows;
    }
    get lineTable() {
        const { unit } = this;
        this.#lineTable ??= new LineTable(unit.sections, unit.root?.baseOffset(DW_AT.DW_AT_stmt_list), unit, this.name, this.compilationDirectory, this.sourceFiles);
        return this.#lineTable;
    }
    /** Entries at file level, those in namespaces and modules included. */
    #topLevel() {
        const found = [];
        const visit = (parent) => {
            for (const entry of parent.children) {
                if (GROUPING_TAGS.includes(entry.tag))
                    visit(entry);
                else
                    found.push(entry);
            }
        };
        for (const root of this.#roots())
            visit(root);
        return found;
    }
    /** All subprograms with code, wherever they are nested (classes, blocks, other functions). */
    #subprograms() {
        this.#roots();
        return [...this.unit.entries.values()].filter(entry => entry.tag === DW_TAG.DW_TAG_subprogram && (entry.has(DW_AT.DW_AT_low_pc) || entry.has(DW_AT.DW_AT_ranges)));
    }
    #roots() {
        // Reading all entries gives the root its children.
        const [root] = this.unit.entries.values();
        return root === undefined ? [] : [root];
    }
}
//# sourceMappingURL=unitReader.js.map