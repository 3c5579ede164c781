// SPDX-License-Identifier: MIT
import { ByteReader, hex, virtualAddress } from '../../base/index.js';
import { SHF, SHN, SHT, STB, STT } from './constants.js';
/** "ELF for the Arm Architecture", Mapping symbols: `$x`, `$d`, `$a`, `$t`, each with an optional `.anything`. */
const MAPPING_SYMBOL = /^\$[xdat](\..*)?$/;
/** Which of several symbols at one address is shown, best first. */
const TYPE_ORDER = [STT.STT_FUNC, STT.STT_GNU_IFUNC, STT.STT_OBJECT, STT.STT_NOTYPE];
const BINDING_ORDER = [STB.STB_GLOBAL, STB.STB_GNU_UNIQUE, STB.STB_WEAK, STB.STB_LOCAL];
const rank = (order, value) => (order.includes(value) ? order.indexOf(value) : order.length);
/** Reads `.symtab` (or `.dynsym` if there is none) of `elf`. */
export function readSymbolTable(elf, problems) {
    const table = elf.sections.find(({ type }) => type === SHT.SHT_SYMTAB) ?? elf.sections.find(({ type }) => type === SHT.SHT_DYNSYM);
    return new SymbolTable(table === undefined ? [] : readSymbols(elf, table, problems), elf.sections);
}
function readSymbols(elf, table, problems) {
    const symbolBytes = elf.elfClass === 64 ? 24 : 16;
    const names = new ByteReader(elf.sections[table.link]?.bytes ?? new Uint8Array(), elf.endianness);
    if (names.length === 0 && table.bytes.length > 0) {
        problems.report(table.name, 0, `Section ${table.link}, which should hold the names of the symbols, does not exist or is empty.`);
    }
    const reader = new ByteReader(table.bytes, elf.endianness);
    const symbols = [];
    if (table.bytes.length % symbolBytes !== 0)
        problems.report(table.name, table.bytes.length, 'The symbol table ends inside an entry, which is ignored.');
    const count = Math.floor(table.bytes.length / symbolBytes);
    // Names may overlap (".text" in "rel.text"), so a few bytes of damage must not make every name as long as the table.
    let nameBudget = 16 * names.length + 65_536;
    for (let index = 1; index < count; index++) {
        reader.position = index * symbolBytes;
        const nameOffset = reader.u32();
        let address;
        let size;
        let info;
        let sectionIndex;
        if (elf.elfClass === 64) {
            info = reader.u8();
            reader.skip(1); // st_other
            sectionIndex = reader.u16();
            address = reader.u64();
            size = reader.u64();
        }
        else {
            address = BigInt(reader.u32());
            size = BigInt(reader.u32());
            info = reader.u8();
            reader.skip(1); // st_other
            sectionIndex = reader.u16();
        }
        const type = info & 0xf;
        if (type === STT.STT_SECTION || type === STT.STT_FILE || nameOffset === 0)
            continue;
        names.position = nameOffset;
        names.overrun = false;
        const name = names.string();
        nameBudget -= name.length;
        if (names.overrun || nameBudget < 0) {
            problems.report(table.name, index * symbolBytes, `Symbol ${index} has its name at ${hex(nameOffset)}, where there is none. It is ignored.`);
            if (nameBudget < 0)
                break;
            continue;
        }
        if (name === '' || MAPPING_SYMBOL.test(name))
            continue;
        symbols.push({ name, address: virtualAddress(address), size, type, binding: info >> 4, sectionIndex });
    }
    return symbols;
}
class SymbolTable {
    sections;
    all;
    #byName = new Map();
    /** Defined code and data, by address, then by how late they should win. */
    #byAddress;
    /** For each of `#byAddress`, the highest end of it and all before it: where looking back may stop. */
    #highestEnd;
    constructor(symbols, sections) {
        this.sections = sections;
        this.all = symbols;
        for (const symbol of symbols) {
            const same = this.#byName.get(symbol.name);
            if (same === undefined)
                this.#byName.set(symbol.name, [symbol]);
            else
                same.push(symbol);
        }
        for (const same of this.#byName.values())
            same.sort((a, b) => rank(BINDING_ORDER, a.binding) - rank(BINDING_ORDER, b.binding));
        this.#byAddress = symbols
            .filter(({ sectionIndex, type }) => this.#isPlace(sectionIndex) && type !== STT.STT_TLS)
            .sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0) ||
            rank(TYPE_ORDER, b.type) - rank(TYPE_ORDER, a.type) ||
            rank(BINDING_ORDER, b.binding) - rank(BINDING_ORDER, a.binding));
        let highest = 0n;
        this.#highestEnd = this.#byAddress.map(({ address, size }) => {
            if (address + size > highest)
                highest = address + size;
            return highest;
        });
    }
    /** Whether the symbol lies in memory: absolute symbols are numbers, not places. */
    #isPlace(sectionIndex) {
        if (sectionIndex === SHN.SHN_UNDEF || sectionIndex === SHN.SHN_ABS || sectionIndex === SHN.SHN_COMMON)
            return false;
        const section = this.sections[sectionIndex];
        return section === undefined || (section.flags & SHF.SHF_ALLOC) !== 0;
    }
    named(name) {
        return this.#byName.get(name) ?? [];
    }
    at(address) {
        let low = 0;
        let high = this.#byAddress.length;
        while (low < high) {
            const middle = (low + high) >>> 1;
            const symbol = this.#byAddress[middle];
            if (symbol !== undefined && symbol.address <= address)
                low = middle + 1;
            else
                high = middle;
        }
        const nearest = this.#byAddress[low - 1];
        if (nearest === undefined)
            return undefined;
        let unsized;
        for (let index = low - 1; index >= 0; index--) {
            const symbol = this.#byAddress[index];
            if (symbol === undefined)
                break;
            if (address < symbol.address + symbol.size)
                return { symbol, offset: address - symbol.address };
            if (symbol.size === 0n && unsized === undefined && this.#reaches(symbol, address))
                unsized = symbol;
            // A symbol without size is nearer than any sized one that begins before it but does not cover the address.
            if ((this.#highestEnd[index] ?? 0n) <= address && unsized !== undefined)
                break;
            if ((this.#highestEnd[index] ?? 0n) <= address && symbol.size !== 0n)
                break;
        }
        return unsized && { symbol: unsized, offset: address - unsized.address };
    }
    /** Whether `address` lies in the section of `symbol`. */
    #reaches(symbol, address) {
        const section = this.sections[symbol.sectionIndex];
        return section === undefined || (section.address <= address && address < section.address + section.size);
    }
    describe(address) {
        const found = this.at(address);
        return found && `<${found.symbol.name}${found.offset === 0n ? '' : `+${hex(found.offset)}`}>`;
    }
}
//# sourceMappingURL=readSymbolTable.js.map