// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkLaunchConfiguration, LAUNCH_SETTINGS, launchSchema } from '../../src/dap/index.js';

const refusal = (given: unknown): string => {
  const checked = checkLaunchConfiguration(given);
  return checked.ok ? 'accepted' : checked.error.message;
};

test('ST-DAP-001 every setting has a description and a schema, and a default of its schema passes its own check', () => {
  const schema = launchSchema();
  assert.deepEqual(Object.keys(schema), Object.keys(LAUNCH_SETTINGS));
  const defaults = Object.fromEntries(
    Object.entries(schema).flatMap(([name, each]) => ('default' in each ? [[name, each['default']]] : [])),
  );
  assert.equal(refusal({ program: 'a.elf', ...defaults }), 'accepted');
  for (const each of Object.values(schema)) assert.match(String(each['description']), /\.$/);
});

test('ST-DAP-002 an unknown or ill-fitting setting is refused with one sentence that names it', () => {
  const program = 'a.elf';
  const cases: readonly (readonly [given: unknown, sentence: string])[] = [
    [7, 'The launch configuration must be an object, not 7.'],
    [{}, 'Setting "program" is missing: it names the ELF file to boot.'],
    [{ porgram: 'a.elf' }, 'Setting "porgram" is not known; did you mean "program"?'],
    [{ program: 3 }, 'Setting "program" must be a text, not 3.'],
    [{ program: '' }, 'Setting "program" is empty; it must name a file.'],
    [{ program, machine: 'ppce500' }, 'Setting "machine" names ppce500, which this version does not have; it has virt, pseries.'],
    [
      { program, machine: 'virt', cpu: 'power9' },
      'Setting "cpu" names power9, which machine virt does not have; it has cortex-a53, cortex-a57, max.',
    ],
    [
      { program, cpu: 'e500mc' },
      'Setting "cpu" names e500mc, which no machine of this version has; there are cortex-a53, cortex-a57, max, power8, power9, power10.',
    ],
    [{ program, memory: '4G' }, 'Setting "memory" must be from 16M to 3G, not "4G".'],
    [{ program, memory: '65540K' }, 'Setting "memory" must be a multiple of 64K, not "65540K".'],
    [{ program, memory: 'much' }, 'Setting "memory" must be a size such as "512M", not "much".'],
    [{ program, smp: 65 }, 'Setting "smp" must be a whole number from 1 to 64, not 65.'],
    [
      { program, machine: 'virt', kvm: 'hv' },
      'Setting "kvm" chooses between the two KVMs of POWER machines; machine virt has one, so leave it out.',
    ],
    [{ program, stopOnEntry: 'yes' }, 'Setting "stopOnEntry" must be true or false, not "yes".'],
    [{ program, loadAddress: '0x40000000' }, 'Setting "loadAddress" is for a raw "kernel" file, and no "kernel" is given.'],
    [{ program, symbolFiles: [{}] }, 'Setting "symbolFiles" has no path in entry 1.'],
  ];
  assert.deepEqual(
    cases.map(([given]) => refusal(given)),
    cases.map(([, sentence]) => sentence),
  );
});

test("ST-DAP-003 the editor's own attributes are accepted and sizes are in bytes", () => {
  const checked = checkLaunchConfiguration({
    type: 'steptrap',
    request: 'launch',
    name: 'x',
    __sessionId: '1',
    program: 'a.elf',
    memory: '64M',
  });
  assert.equal(checked.ok && checked.value.memory, 64 * 2 ** 20);
});
