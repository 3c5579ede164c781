import { CallFrameInformation } from '../dwarf/callFrameInformation.js';
import { unwindRow } from '../dwarf/callFrameProgram.js';
import { DW_AT, DW_LANG, DW_TAG } from '../dwarf/constants.js';
import { DebugInfo } from '../dwarf/debugInfo.js';
import { prologueEnd, resolveLine, statementPositions } from './lineResolution.js';
import { rowAt, upperBound } from './lineTable.js';
import { isInRanges, } from './scope.js';
import { matchingFiles, SourceFiles } from './sourceFiles.js';
import { sizeOf } from './type.js';
import { TypeReader } from './typeReader.js';
import { UnitReader } from './unitReader.js';
import { EntryVariable } from './variableReader.js';
/** Keywords that may stand before the name of a type, by the tags that they ask for. */
const TYPE_KEYWORDS = {
    struct: [DW_TAG.DW_TAG_structure_type, DW_TAG.DW_TAG_class_type],
    class: [DW_TAG.DW_TAG_class_type, DW_TAG.DW_TAG_structure_type],
    union: [DW_TAG.DW_TAG_union_type],
    enum: [DW_TAG.DW_TAG_enumeration_type],
};
/** The debug information of one file. Keeps an index for each kind of question, made when it is first asked. */
export class DebugInformationReader {
    sections;
    information;
    frames;
    units;
    #unitReaders = new Map();
    #sourceFiles = new SourceFiles();
    #context;
    #rowsOfFile = new Map();
    #areFilesRead = false;
    #functionsByName;
    #inlinedByName;
    #globalsByName;
    #typesByName;
    #callSites;
    #lastUnit;
    constructor(sections) {
        this.sections = sections;
        this.information = new DebugInfo(sections);
        this.frames = new CallFrameInformation(sections);
        const types = new TypeReader(name => this.#typeEntries(name).find(entry => !entry.has(DW_AT.DW_AT_declaration)));
        this.#context = {
            types,
            unitOf: entry => this.#readerOf(entry),
            declarationOf: entry => this.#declarationOf(entry),
            positionIn: (entry, file, line, column) => this.#positionIn(entry, file, line, column),
        };
        for (const unit of this.information.units)
            this.#unitReaders.set(unit.offset, new UnitReader(unit, this.#context, this.#sourceFiles));
        this.units = [...this.#unitReaders.values()].filter(({ unit }) => !unit.isTypeUnit);
    }
    get problems() {
        return this.sections.problems.all;
    }
    get workDone() {
        return this.sections.budget.spent;
    }
    get sourceFiles() {
        if (!this.#areFilesRead)
            for (const unit of this.units)
                void unit.files;
        this.#areFilesRead = true;
        return this.#sourceFiles.all;
    }
    unitAt(pc) {
        return this.#unitAt(pc);
    }
    functionAt(pc) {
        return this.#unitAt(pc)?.functions.find(({ ranges }) => isInRanges(ranges, pc));
    }
    functionsNamed(name) {
        this.#functionsByName ??= byName(this.units.flatMap(({ functions }) => functions));
        return this.#functionsByName.get(name) ?? [];
    }
    inlinedCopiesOf(name) {
        this.#inlinedByName ??= byName(this.units.flatMap(({ functions }) => functions.flatMap(inlinedInside)));
        return this.#inlinedByName.get(name) ?? [];
    }
    functionScopesAt(pc) {
        const scopes = [];
        let scope = this.functionAt(pc);
        while (scope !== undefined) {
            if (scope.kind !== 'block')
                scopes.unshift(scope);
            scope = childAt(scope, pc);
        }
        return scopes;
    }
    variablesIn(scope, pc) {
        let variables = [];
        let current = scope;
        while (current !== undefined) {
            variables = [...current.parameters, ...current.variables, ...variables];
            const next = childAt(current, pc);
            current = next?.kind === 'block' ? next : undefined;
        }
        return variables;
    }
    variableAtOffset(offset) {
        const entry = this.information.entryAt(offset);
        return entry && new EntryVariable(entry, this.#context);
    }
    globalsNamed(name, pc) {
        this.#globalsByName ??= byName(this.units.flatMap(({ variables }) => variables));
        const found = this.#globalsByName.get(name) ?? [];
        const here = pc === undefined ? undefined : this.#unitAt(pc);
        // Definitions before declarations, those of this unit before all others.
        const rank = (variable) => (variable.isDeclaration ? 2 : 0) + (variable.unit === here ? 0 : 1);
        return [...found].sort((a, b) => rank(a) - rank(b));
    }
    typesNamed(name) {
        const types = this.#typeEntries(name).map(entry => this.#context.types.read(entry));
        return types.sort((a, b) => Number(sizeOf(a) === undefined) - Number(sizeOf(b) === undefined));
    }
    lineRowAt(pc) {
        const unit = this.#unitAt(pc);
        return unit && rowAt(unit.lineRows, pc);
    }
    lineRowsOf(scope) {
        const { lineRows } = scope.unit;
        return scope.ranges
            .flatMap(({ start, end }) => lineRows.slice(upperBound(lineRows, start - 1n), upperBound(lineRows, end - 1n)))
            .sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    }
    sourceFilesMatching(path) {
        return matchingFiles(this.sourceFiles, path);
    }
    locationsOfLine(path, line, column) {
        const queries = {
            rowsOfFile: file => this.#rowsOf(file),
            functionScopesAt: pc => this.functionScopesAt(pc),
            breakpointAddressOf: scope => this.breakpointAddressOf(scope),
        };
        return resolveLine(this.sourceFilesMatching(path), line, column, queries);
    }
    statementPositions(path, first, last) {
        return statementPositions(this.sourceFilesMatching(path).flatMap(file => this.#rowsOf(file)), first, last);
    }
    breakpointAddressOf(scope) {
        const unit = this.#unitReaders.get(scope.unit.offset);
        // Assembly has no prologue that anybody could know of.
        if (unit === undefined || unit.language === DW_LANG.DW_LANG_Mips_Assembler)
            return scope.entryPoint;
        const tracksVariables = unit.unit.hasLocationLists && unit.producer.startsWith('GNU');
        return prologueEnd(scope, scope.unit.lineRows, tracksVariables);
    }
    unwindRowAt(pc) {
        const description = this.frames.descriptionAt(pc);
        return description && unwindRow(this.sections, description, pc);
    }
    callSiteReturningTo(returnAddress) {
        this.#callSites ??= new Map(this.units.flatMap(({ functions }) => functions.flatMap(({ callSites }) => callSites.map(site => [site.returnAddress, site]))));
        return this.#callSites.get(returnAddress);
    }
    #unitAt(pc) {
        if (this.#lastUnit !== undefined && isInRanges(this.#lastUnit.ranges, pc))
            return this.#lastUnit;
        this.#lastUnit = this.units.find(({ ranges }) => isInRanges(ranges, pc)) ?? this.#lastUnit;
        return this.#lastUnit !== undefined && isInRanges(this.#lastUnit.ranges, pc) ? this.#lastUnit : undefined;
    }
    /** The model of the unit that `entry` stands in: entries exist only in units of this file. */
    #readerOf(entry) {
        const reader = this.#unitReaders.get(entry.unit.offset);
        return reader ?? new UnitReader(entry.unit, this.#context, this.#sourceFiles);
    }
    #declarationOf(entry) {
        for (const candidate of entry.withOrigins()) {
            if (!candidate.has(DW_AT.DW_AT_decl_line))
                continue;
            // File and column may come from a further origin; the number of a file belongs to the unit of the entry that has it.
            for (const source of candidate.withOrigins()) {
                if (!source.has(DW_AT.DW_AT_decl_file))
                    continue;
                const line = candidate.number(DW_AT.DW_AT_decl_line);
                return this.#positionIn(source, source.number(DW_AT.DW_AT_decl_file), line, candidate.number(DW_AT.DW_AT_decl_column));
            }
        }
        return undefined;
    }
    #positionIn(entry, file, line, column) {
        if (file === undefined || line === undefined)
            return undefined;
        return { file: this.#readerOf(entry).lineTable.file(file), line, column: column ?? 0 };
    }
    #rowsOf(file) {
        if (this.#rowsOfFile.size === 0) {
            for (const unit of this.units) {
                for (const row of unit.lineRows) {
                    const rows = this.#rowsOfFile.get(row.file);
                    if (rows === undefined)
                        this.#rowsOfFile.set(row.file, [row]);
                    else
                        rows.push(row);
                }
            }
        }
        return this.#rowsOfFile.get(file) ?? [];
    }
    #typeEntries(name) {
        if (this.#typesByName === undefined) {
            const index = new Map();
            for (const unit of this.#unitReaders.values()) {
                for (const entry of unit.typeEntries)
                    add(index, entry.string(DW_AT.DW_AT_name), entry);
            }
            this.#typesByName = index;
        }
        const words = name.trim().split(/\s+/);
        const tags = words.length > 1 ? TYPE_KEYWORDS[words[0] ?? ''] : undefined;
        if (tags === undefined)
            return this.#typesByName.get(words.join(' ')) ?? [];
        return (this.#typesByName.get(words.slice(1).join(' ')) ?? []).filter(({ tag }) => tags.includes(tag));
    }
}
function add(index, name, value) {
    if (name === undefined)
        return;
    const same = index.get(name);
    if (same === undefined)
        index.set(name, [value]);
    else
        same.push(value);
}
/** Things by name and, where it differs, linkage name. */
function byName(things) {
    const index = new Map();
    for (const thing of things) {
        add(index, thing.name, thing);
        if (thing.linkageName !== thing.name)
            add(index, thing.linkageName, thing);
    }
    return index;
}
const childAt = (scope, pc) => scope.children.find(({ ranges }) => isInRanges(ranges, pc));
/** The copies inlined into `scope`, at any depth. Nesting is bounded by that of entries. */
function inlinedInside(scope) {
    return scope.children.flatMap(child => [...(child.kind === 'inlined' ? [child] : []), ...inlinedInside(child)]);
}
//# sourceMappingURL=debugInformationReader.js.map