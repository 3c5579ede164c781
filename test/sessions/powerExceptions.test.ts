// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordOf, recordsOf, StoppedSession } from '../support/stoppedSession.js';

// Breakpoints on the vectors of POWER. The sample `vectors` takes each interrupt, from itself and from its program.

const KERNELS = [
  { kvm: 'hv', cpu: 'power9' },
  { kvm: 'pr', cpu: 'power8' },
] as const;

for (const { kvm, cpu } of KERNELS)
  for (const order of ['ppc64', 'ppc64le'])
    test(`ST-DAP-156 a filter with a condition stops at a vector of POWER, and exceptionInfo tells the interrupt in words (KVM-${kvm.toUpperCase()}, ${order})`, async () => {
      const session = await StoppedSession.launch(`samples/vectors/vectors.${order}.O2.elf`, { kvm, cpu });
      const [told] = session.connection.events.filter(event => event['event'] === 'capabilities');
      const filters = recordsOf(recordOf(recordOf(told?.['body'])['capabilities'])['exceptionBreakpointFilters']);
      assert.deepEqual(
        filters.map(({ filter }) => filter),
        ['sync', 'IRQ', 'machine check'],
      );
      for (const { conditionDescription } of filters) assert.match(String(conditionDescription), /\$srr1\.PR == 1/);
      await session.ask('setExceptionBreakpoints', {
        filters: [],
        filterOptions: [{ filterId: 'data storage', condition: '$srr1.PR == 1 && $dsisr.STORE == 1' }],
      });
      const stop = await session.run('continue');
      assert.equal(stop['reason'], 'exception');
      assert.equal(stop['description'], 'Data storage from problem state');
      const info = await session.ask('exceptionInfo', { threadId: 1 });
      assert.equal(info['exceptionId'], 'Data storage');
      assert.match(
        String(info['description']),
        /^Data storage from problem state.* at 0x[0-9a-f]+ <.*>: store, .*, the address is 0x[0-9a-f]+/,
      );
      await session.close();
    });
