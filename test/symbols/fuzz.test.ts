// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { processorSupplementOf } from '../../src/symbols/abi/supplementOf.js';
import { allUnwindRows } from '../../src/symbols/dwarf/callFrameProgram.js';
import type { DwarfExpression, EvaluationContext } from '../../src/symbols/dwarf/expression.js';
import { evaluateExpression } from '../../src/symbols/dwarf/expressionEvaluator.js';
import { DWARF_SECTIONS } from '../../src/symbols/dwarf/sections.js';
import { parseElf } from '../../src/symbols/elf/parseElf.js';
import type { FunctionScope, LexicalBlock, Variable } from '../../src/symbols/model/scope.js';
import { sizeOf, underlyingType } from '../../src/symbols/model/type.js';
import { spellType } from '../../src/symbols/model/typeSpelling.js';
import { openDebugInformation } from '../../src/symbols/symbolFile.js';
import { mutated, randomNumbers } from '../support/mutation.js';
import { POWER_VARIANTS, powerElfPath } from '../support/powerElf.js';
import { allSampleElfs } from '../support/sampleElf.js';

const MUTANTS = Number(process.env['FUZZ_MUTANTS'] ?? 1000);
const SEED = Number(process.env['SEED'] ?? 20_260);

const DAMAGED_SECTIONS = [...DWARF_SECTIONS, '.symtab', '.strtab', '.opd'];

const CONTEXT: EvaluationContext = {
  readRegister: register => BigInt(register) * 0x1000n,
  readMemory: (_address, size) => new Uint8Array(size),
  frameBase: () => 0x4000n,
  callFrameAddress: () => 0x5000n,
  entryValue: () => 7n,
};

/** Opens everything that a file has; returns the records read. */
function openAll(bytes: Uint8Array): { readonly work: number; readonly limit: number } {
  const parsed = parseElf(bytes);
  if (!parsed.ok) return { work: 0, limit: 0 };
  const elf = parsed.value;
  for (const symbol of elf.symbols.all.slice(0, 50)) elf.symbols.describe(symbol.entryPoint + 1n);
  processorSupplementOf(elf);
  const debug = openDebugInformation(elf, bytes.length);
  const evaluate = (expression: DwarfExpression | undefined): void =>
    void (expression && evaluateExpression(expression, CONTEXT, [0x100n]));
  const visitVariable = (variable: Variable, pc: bigint): void => {
    spellType(variable.type, variable.name);
    sizeOf(variable.type);
    const type = underlyingType(variable.type);
    if (type.kind === 'structure') for (const member of type.members) void member.type;
    if (type.kind === 'enumeration') void type.enumerators;
    void variable.declaration;
    const location = variable.locationAt(pc);
    if (location.kind === 'expression') evaluate(location.expression);
  };
  const visitScope = (scope: FunctionScope | LexicalBlock): void => {
    const pc = scope.ranges[0]?.start ?? 0n;
    for (const variable of [...scope.parameters, ...scope.variables]) visitVariable(variable, pc);
    if (scope.kind !== 'block') {
      spellType(scope.type, scope.name);
      void scope.declaration;
      debug.breakpointAddressOf(scope);
    }
    if (scope.kind === 'inlined') void scope.call;
    scope.children.forEach(visitScope);
  };
  for (const unit of debug.units) {
    void [unit.name, unit.producer, unit.language, unit.ranges, unit.files, unit.lineRows];
    for (const type of unit.types) spellType(type);
    for (const variable of unit.variables) visitVariable(variable, 0n);
    for (const scope of unit.functions) {
      visitScope(scope);
      evaluate(scope.frameBase);
      for (const { target, parameters } of scope.callSites)
        for (const expression of [target, ...parameters.map(({ value }) => value)]) evaluate(expression);
    }
  }
  debug.functionScopesAt(elf.entry);
  debug.locationsOfLine('counter.c', 100);
  debug.typesNamed('struct item');
  for (const description of debug.frames.descriptions.slice(0, 200)) {
    for (const { cfa, registers } of allUnwindRows(debug.sections, description, 256)) {
      if (cfa.kind === 'expression') evaluate(cfa.expression);
      for (const rule of registers.values()) if (rule.kind === 'expression' || rule.kind === 'valueExpression') evaluate(rule.expression);
    }
  }
  return { work: debug.workDone, limit: debug.sections.budget.limit };
}

test(`ST-DWARF-001 no damage to an ELF file throws or exceeds the work granted to it (seed ${SEED}, ${MUTANTS} mutants)`, () => {
  const files = [...allSampleElfs(), ...POWER_VARIANTS.map(powerElfPath)].map(path => new Uint8Array(readFileSync(path)));
  const random = randomNumbers(SEED);
  for (let index = 0; index < MUTANTS; index++) {
    const bytes = files[index % files.length] ?? new Uint8Array();
    const elf = parseElf(bytes);
    assert.ok(elf.ok);
    // Damage in the headers, or in a section; one that the file does not have means the headers, too.
    const name = DAMAGED_SECTIONS[random(DAMAGED_SECTIONS.length + 1)];
    const target = name === undefined ? undefined : elf.value.section(name);
    const from = target?.fileOffset ?? 0;
    const to = target === undefined ? 64 : from + target.bytes.length;
    const mutant = mutated(bytes, from, to, random);
    try {
      const { work, limit } = openAll(mutant);
      assert.ok(work <= limit + 10_000, `mutant ${index} of seed ${SEED} took ${work} of ${limit} steps`);
    } catch (error) {
      throw new Error(`mutant ${index} of seed ${SEED}, section ${name ?? 'headers'}`, { cause: error });
    }
  }
});
