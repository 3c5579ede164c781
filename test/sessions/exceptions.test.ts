// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectInProcess } from '../support/adapterConnection.js';
import { recordOf, recordsOf, StoppedSession } from '../support/stoppedSession.js';

const SVC = 'samples/svc/svc.aarch64.O2.elf';
const FROM_EL0 = 'sync from lower EL (AArch64)';

/** Sets the filters before the guest has run one instruction, as an editor does. */
async function launchWithFilters(filterOptions: readonly object[]): Promise<StoppedSession> {
  const session = await StoppedSession.launch(SVC, { stopAt: undefined, stopOnEntry: true });
  await session.ask('setExceptionBreakpoints', { filters: [], filterOptions });
  return session;
}

test('ST-DAP-080 the answer to initialize offers a filter with conditions for each of the four kinds of vectors', async () => {
  const connection = connectInProcess();
  const { body } = await connection.client.request('initialize', { adapterID: 'steptrap' });
  assert.equal(body['supportsExceptionFilterOptions'], true);
  const filters = recordsOf(body['exceptionBreakpointFilters']);
  assert.deepEqual(
    filters.map(({ filter }) => filter),
    ['sync', 'IRQ', 'FIQ', 'SError'],
  );
  for (const filter of filters) {
    assert.equal(filter['supportsCondition'], true);
    assert.match(String(filter['conditionDescription']), /\$esr_el1/);
  }
  await connection.close();
});

test('ST-DAP-081 a filter that was set before the guest installed its vectors stops at them', async () => {
  const session = await launchWithFilters([{ filterId: 'sync' }]);
  const stop = await session.run('continue');
  assert.equal(stop['reason'], 'exception');
  assert.equal(stop['description'], 'BRK from EL1h');
  assert.match(String(stop['text']), /^BRK from EL1h at 0x[0-9a-f]+ <breakpoint_at_el1>: the immediate is 0x10\.$/);
  const told = session.connection.events.filter(event => event['event'] === 'breakpoint').map(event => recordOf(event['body']));
  assert.equal(told.length, 1);
  await session.close();
});

test('ST-DAP-082 the condition of a filter is evaluated at the vector', async () => {
  const session = await launchWithFilters([{ filterId: FROM_EL0, condition: '$esr_el1 >> 26 == 0x24' }]);
  await session.run('continue');
  const info = await session.ask('exceptionInfo', { threadId: 1 });
  assert.match(
    String(info['description']),
    /^Data Abort from EL0t at .* <load_word>: read, alignment fault, the address is 0x[0-9a-f]+ <words\+0x2>\.$/,
  );
  await session.ask('setExceptionBreakpoints', {
    filters: [],
    filterOptions: [{ filterId: FROM_EL0, condition: '$esr_el1 & 0xffff == 0x2a &&' }],
  });
  const [refused] = recordsOf(
    (await session.ask('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: FROM_EL0, condition: '1 +' }] }))[
      'breakpoints'
    ],
  );
  assert.equal(refused?.['verified'], false);
  assert.match(String(refused?.['message']), /"1 \+" is no C expression/);
  await session.close();
});

test('ST-DAP-105 the condition of a kind of vectors tells by registers and their fields from where the exception comes', async () => {
  const session = await launchWithFilters([{ filterId: 'sync', condition: '$spsr_el1.M == 0 && $esr_el1.EC == 0x15' }]);
  const stop = await session.run('continue');
  assert.match(String(stop['text']), /^SVC from EL0t at /);
  const { vcpus } = await session.ask('steptrap/vcpus');
  assert.equal(recordsOf(vcpus)[0]?.['stopReason'], stop['text']);
  await session.close();
});

test('ST-DAP-120 behind a vector, whose code has no table and another stack, the frames and their variables are those of the interrupted code', async () => {
  const session = await StoppedSession.launch('samples/svc/svc.aarch64.O0.elf', { stopAt: undefined, stopOnEntry: true });
  await session.ask('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: FROM_EL0 }] });
  await session.run('continue');
  const names = async (): Promise<readonly unknown[]> => (await session.frames()).map(({ name }) => name);
  // The vector's code goes on to save_frame; 17 instructions save everything.
  for (let step = 0; step < 20; step++) {
    const [innermost, ...outer] = await names();
    assert.match(String(innermost), /^(exception_vectors|save_frame)$/);
    assert.deepEqual(outer, ['say', 'user_program'], `after ${step} steps`);
    assert.match(await session.value('text', 1), /"EL0: hello by SVC\\n"/);
    assert.equal(await session.value('length', 1), '18');
    await session.run('stepIn', { granularity: 'instruction' });
  }
  await session.close();
});

test('ST-DAP-083 exceptionInfo tells class, syndrome fields, fault address, return address and mode in words', async () => {
  const session = await launchWithFilters([{ filterId: FROM_EL0, condition: '$esr_el1 == 0x92000061' }]);
  await session.run('continue');
  const info = await session.ask('exceptionInfo', { threadId: 1 });
  assert.equal(info['exceptionId'], `Data Abort (${FROM_EL0})`);
  assert.equal(info['breakMode'], 'always');
  const details = recordOf(info['details']);
  assert.equal(details['typeName'], 'Data Abort');
  assert.deepEqual(
    String(details['stackTrace'])
      .split('\n')
      .map(line => line.replace(/0x40\w+/g, '<address>')),
    [
      'ESR_EL1  = 0x92000061 EC=dataAbort IL=bits32 ISS=0x61',
      '     ISS = WnR=0x1 DFSC=alignment fault',
      'FAR_EL1  = <address> <words+0x2>',
      'ELR_EL1  = <address> <store_word>',
      'SPSR_EL1 = 0x0 nzcv daif EL0t',
    ],
  );
  await session.run('stepIn', { granularity: 'instruction' });
  assert.match(await session.refusal('exceptionInfo', { threadId: 1 }), /has not stopped at an exception/);
  await session.close();
});
