// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allUnwindRows } from '../../src/symbols/dwarf/callFrameProgram.js';
import { DW_AT, DW_ATE, DW_CFA, DW_FORM, DW_LNE, DW_LNS, DW_TAG } from '../../src/symbols/dwarf/constants.js';
import { parseElf } from '../../src/symbols/elf/parseElf.js';
import { spellType } from '../../src/symbols/model/typeSpelling.js';
import { abbreviations, debugInformationOf, debugInfoUnit, type SectionAssembler, section } from '../support/dwarfAssembler.js';

const { DW_AT_name, DW_AT_type, DW_AT_stmt_list, DW_AT_low_pc, DW_AT_high_pc, DW_AT_byte_size, DW_AT_encoding } = DW_AT;
const { DW_FORM_string, DW_FORM_ref4, DW_FORM_sec_offset, DW_FORM_addr, DW_FORM_data4, DW_FORM_data1 } = DW_FORM;

/** A line program of version 4 with one file: two lines at 0x1000 and 0x1004, end at 0x1010. */
const lineProgram = (format: 32 | 64, endianness: 'little' | 'big', addressSize: number): SectionAssembler =>
  section(endianness).unit(format, unit => {
    const rest = section(endianness).u8(4, 1, 1).u8(0xfb, 14, 13).u8(0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1).u8(0).text('a.c').u8(0, 0, 0, 0);
    unit
      .u16(4)
      .number(rest.length, format / 8)
      .append(rest.bytes);
    unit.u8(0, 1 + addressSize, DW_LNE.DW_LNE_set_address).number(0x1000, addressSize);
    unit.u8(DW_LNS.DW_LNS_advance_line, 9, DW_LNS.DW_LNS_copy);
    // Special opcode: address + 4 (one instruction of 4 bytes), line + 1.
    unit.u8(DW_LNS.DW_LNS_set_prologue_end, 13 + (1 + 5) + 14 * 1);
    unit.u8(DW_LNS.DW_LNS_advance_pc).uleb(3).u8(0, 1, DW_LNE.DW_LNE_end_sequence);
  });

for (const format of [32, 64] as const) {
  for (const endianness of ['little', 'big'] as const) {
    for (const addressSize of [4, 8]) {
      test(`ST-DWARF-002 units, functions and lines are read in ${format}-bit format, ${endianness}-endian, with addresses of ${addressSize} bytes`, () => {
        const debug = debugInformationOf(
          {
            '.debug_abbrev': abbreviations(
              [
                DW_TAG.DW_TAG_compile_unit,
                true,
                [DW_AT_name, DW_FORM_string],
                [DW_AT_stmt_list, DW_FORM_sec_offset],
                [DW_AT_low_pc, DW_FORM_addr],
                [DW_AT_high_pc, DW_FORM_data4],
              ],
              [DW_TAG.DW_TAG_subprogram, false, [DW_AT_name, DW_FORM_string], [DW_AT_low_pc, DW_FORM_addr], [DW_AT_high_pc, DW_FORM_data4]],
            ),
            '.debug_info': debugInfoUnit({ version: 4, format, addressSize, endianness }, entries =>
              entries
                .u8(1)
                .text('a.c')
                .number(0, format / 8)
                .number(0x1000, addressSize)
                .u32(0x10)
                .u8(2)
                .text('f')
                .number(0x1000, addressSize)
                .u32(0x10)
                .u8(0),
            ),
            '.debug_line': lineProgram(format, endianness, addressSize),
          },
          { endianness, addressSize },
        );
        const [f] = debug.functionsNamed('f');
        assert.ok(f);
        assert.deepEqual(
          debug.lineRowsOf(f).map(({ address, endAddress, line }) => [address, endAddress, line]),
          [
            [0x1000n, 0x1004n, 10],
            [0x1004n, 0x1010n, 11],
          ],
        );
        assert.equal(debug.breakpointAddressOf(f), 0x1004n);
        assert.deepEqual(debug.problems, []);
      });
    }
  }
}

const TYPE_ABBREVIATIONS = abbreviations(
  [DW_TAG.DW_TAG_compile_unit, true],
  [DW_TAG.DW_TAG_typedef, false, [DW_AT_name, DW_FORM_string], [DW_AT_type, DW_FORM_ref4]],
  [DW_TAG.DW_TAG_base_type, false, [DW_AT_name, DW_FORM_string], [DW_AT_byte_size, DW_FORM_data1], [DW_AT_encoding, DW_FORM_data1]],
);

test('ST-DWARF-003 a typedef of itself is spelled without end of patience', () => {
  const debug = debugInformationOf({
    '.debug_abbrev': TYPE_ABBREVIATIONS,
    '.debug_info': debugInfoUnit({}, entries => entries.u8(1).u8(2).text('loop').u32(13).u8(0)),
  });
  const [loop] = debug.typesNamed('loop');
  assert.ok(loop?.kind === 'typedef');
  assert.equal(spellType(loop.target), 'loop');
});

test('ST-DWARF-004 an unknown form ends its unit with a problem that names section and offset, and the next unit is read', () => {
  const table = abbreviations([DW_TAG.DW_TAG_compile_unit, true, [DW_AT_name, 0x7f]], [DW_TAG.DW_TAG_compile_unit, true]);
  const debug = debugInformationOf({
    '.debug_abbrev': table,
    '.debug_info': debugInfoUnit({}, entries => entries.u8(1, 0)).append(debugInfoUnit({}, entries => entries.u8(2, 0)).bytes),
  });
  assert.equal(debug.units.length, 2);
  assert.deepEqual(
    debug.units.map(({ unit }) => unit.root?.tag),
    [undefined, DW_TAG.DW_TAG_compile_unit],
  );
  assert.deepEqual(
    debug.problems.map(({ section: name, offset }) => [name, offset]),
    [['.debug_info', 12]],
  );
});

test('ST-DWARF-005 a base type has encoding and size', () => {
  const debug = debugInformationOf({
    '.debug_abbrev': TYPE_ABBREVIATIONS,
    '.debug_info': debugInfoUnit({}, entries => entries.u8(1).u8(3).text('int').u8(4, DW_ATE.DW_ATE_signed).u8(0)),
  });
  assert.deepEqual(debug.typesNamed('int'), [{ kind: 'base', offset: 13, name: 'int', encoding: DW_ATE.DW_ATE_signed, bytes: 4 }]);
});

test('ST-DWARF-030 call frame instructions make the rows that the standard says', () => {
  const C = DW_CFA;
  const frame = section()
    .unit(32, common => common.u32(0xffff_ffff).u8(4).text('').u8(8, 0).uleb(4).sleb(-8).uleb(30).u8(C.DW_CFA_def_cfa, 31, 0))
    .unit(32, description =>
      description
        .u32(0)
        .u64(0x1000)
        .u64(0x40)
        .u8(C.DW_CFA_advance_loc | 1, C.DW_CFA_def_cfa_offset, 32, C.DW_CFA_offset | 29, 4, C.DW_CFA_remember_state)
        .u8(C.DW_CFA_advance_loc1, 2, C.DW_CFA_restore | 29, C.DW_CFA_val_offset, 19, 1, C.DW_CFA_same_value, 20)
        .u8(C.DW_CFA_advance_loc2, 1, 0, C.DW_CFA_restore_state, C.DW_CFA_GNU_window_save),
    );
  const debug = debugInformationOf({ '.debug_frame': frame });
  const [description] = debug.frames.descriptions;
  assert.ok(description);
  const rows = allUnwindRows(debug.sections, description).map(({ start, end, cfa, registers, isReturnAddressSigned }) => ({
    place: [start, end],
    offset: cfa.kind === 'registerOffset' ? cfa.offset : cfa.kind,
    registers: [...registers].map(([register, rule]) => [register, rule.kind, 'offset' in rule ? rule.offset : undefined]),
    isReturnAddressSigned,
  }));
  const saved = [[29, 'offset', -32n]];
  assert.deepEqual(rows, [
    { place: [0x1000n, 0x1004n], offset: 0n, registers: [], isReturnAddressSigned: false },
    { place: [0x1004n, 0x100cn], offset: 32n, registers: saved, isReturnAddressSigned: false },
    {
      place: [0x100cn, 0x1010n],
      offset: 32n,
      registers: [
        [19, 'valueOffset', -8n],
        [20, 'sameValue', undefined],
      ],
      isReturnAddressSigned: false,
    },
    { place: [0x1010n, 0x1040n], offset: 32n, registers: saved, isReturnAddressSigned: true },
  ]);
  assert.equal(debug.unwindRowAt(0x100fn)?.start, 0x100cn);
  assert.equal(debug.unwindRowAt(0x1040n), undefined);
});

test('ST-DWARF-031 an unknown call frame instruction is a problem with section and offset, and the rows before it stand', () => {
  const frame = section()
    .unit(32, common => common.u32(0xffff_ffff).u8(4).text('').u8(8, 0).uleb(4).sleb(-8).uleb(30).u8(DW_CFA.DW_CFA_def_cfa, 31, 16))
    .unit(32, description => description.u32(0).u64(0x1000).u64(0x40).u8(0x3e));
  const debug = debugInformationOf({ '.debug_frame': frame });
  assert.deepEqual(debug.unwindRowAt(0x1020n)?.cfa, { kind: 'registerOffset', register: 31, offset: 16n });
  assert.equal(debug.problems[0]?.section, '.debug_frame');
});

for (const [name, bytes, code] of [
  ['an empty file', new Uint8Array(), 'notElf'],
  ['a text file', new TextEncoder().encode('#!/bin/sh'), 'notElf'],
  ['a file that ends inside its header', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2), 'truncated'],
  ['a class from the future', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 3, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), 'unsupported'],
] as const) {
  test(`ST-ELF-002 ${name} is refused with one sentence`, () => {
    const parsed = parseElf(bytes);
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.code, code);
    assert.match(parsed.error.message, /^[^.]+.*\.$/);
  });
}

test('ST-ELF-003 a 32-bit big-endian header is read, and a segment past the end of the file is cut with a problem', () => {
  const elf = section('big').u8(0x7f, 0x45, 0x4c, 0x46, 1, 2, 1, 0).u64(0);
  elf.u16(2).u16(20).u32(1).u32(0x100).u32(52).u32(0).u32(0).u16(52).u16(32).u16(1).u16(40).u16(0).u16(0);
  elf.u32(1).u32(84).u32(0x8000).u32(0x9000).u32(8).u32(16).u32(5).u32(4).u32(0xdeadbeef);
  const parsed = parseElf(elf.bytes);
  assert.ok(parsed.ok);
  const { segments, entry, machine, problems } = parsed.value;
  assert.deepEqual(
    [entry, machine, segments[0]?.address, segments[0]?.physicalAddress, segments[0]?.memoryBytes],
    [0x100n, 20, 0x8000n, 0x9000n, 16n],
  );
  assert.deepEqual([...(segments[0]?.bytes ?? [])], [0xde, 0xad, 0xbe, 0xef]);
  assert.equal(problems.length, 1);
});
