// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HCALL, HCALL_RESULT, isInterrupted, KVM_EXIT, ppcRegisterId, type Vcpu } from '../../src/kvm/index.js';
import { PSERIES_MAP } from '../../src/vmm/machines/addressMap.js';
import { changeRegisters } from '../../src/vmm/papr/vcpuRegisters.js';
import { PSERIES_CODE, PSERIES_RAM, PseriesGuest } from './pseriesGuest.js';

const { SUCCESS, PARAMETER, FUNCTION, HARDWARE, RESOURCE, NOT_AVAILABLE, P2, P3, P4, UNSUPPORTED_FLAG } = HCALL_RESULT;
const TERMINAL = BigInt(PSERIES_MAP.terminal);
/** "Hello, world!\n" and two more, in two registers. */
const [HELLO_1, HELLO_2] = [0x4865_6c6c_6f2c_2077n, 0x6f72_6c64_210a_7878n];
const PAGE = 4096n;

test('ST-PSR-010 H_PUT_TERM_CHAR sends as many characters as it says, the first one most significant', () => {
  const guest = new PseriesGuest();
  for (const unit of [TERMINAL, 0n]) assert.equal(guest.call(HCALL.PUT_TERM_CHAR, [unit, 14n, HELLO_1, HELLO_2]).result, SUCCESS);
  assert.equal(guest.output, 'Hello, world!\nHello, world!\n');
});

test('ST-PSR-011 H_PUT_TERM_CHAR and H_GET_TERM_CHAR refuse another unit and more than sixteen characters with H_PARAMETER', () => {
  const guest = new PseriesGuest();
  assert.equal(guest.call(HCALL.PUT_TERM_CHAR, [TERMINAL + 1n, 1n, HELLO_1, HELLO_2]).result, PARAMETER);
  assert.equal(guest.call(HCALL.PUT_TERM_CHAR, [TERMINAL, 17n, HELLO_1, HELLO_2]).result, PARAMETER);
  assert.equal(guest.call(HCALL.PUT_TERM_CHAR, [TERMINAL, -1n, HELLO_1, HELLO_2]).result, PARAMETER);
  assert.equal(guest.call(HCALL.GET_TERM_CHAR, [1n]).result, PARAMETER);
  assert.equal(guest.output, '');
});

test('ST-PSR-012 H_GET_TERM_CHAR gives what has arrived in order, at most sixteen characters a call, and none without input', () => {
  const guest = new PseriesGuest();
  guest.machine.receiveConsole(Buffer.from('Hello, world!\nxxand more'));
  const read = (): readonly bigint[] => guest.call(HCALL.GET_TERM_CHAR, [TERMINAL]).values.slice(0, 3);
  assert.deepEqual(read(), [16n, HELLO_1, HELLO_2]);
  assert.deepEqual(read(), [8n, 0x616e_6420_6d6f_7265n, 0n]);
  assert.deepEqual(read(), [0n, 0n, 0n]);
});

test('ST-PSR-013 a hypercall that the machine does not have answers H_FUNCTION and says so in a line', () => {
  const guest = new PseriesGuest();
  assert.equal(guest.call(0x400).result, FUNCTION);
  assert.equal(guest.call(0xffff_fffc).result, FUNCTION);
  assert.deepEqual(guest.log, [
    'vCPU 0 made hypercall 0x400, which machine pseries does not have.',
    'vCPU 0 made hypercall 0xfffffffc, which machine pseries does not have.',
  ]);
});

test('ST-PSR-014 H_SET_SPRG0 sets SPRG0', () => {
  const guest = new PseriesGuest();
  assert.equal(guest.call(HCALL.SET_SPRG0, [0x1234_5678_9abc_def0n]).result, SUCCESS);
  assert.equal(guest.registers().sprg0, 0x1234_5678_9abc_def0n);
});

test('ST-PSR-015 H_PAGE_INIT clears a page or copies one, and refuses unknown flags, parts of pages and addresses outside RAM', () => {
  const guest = new PseriesGuest();
  const [ZERO, COPY, SYNCHRONIZE] = [1n << 15n, 1n << 14n, 1n << 22n];
  const [from, to] = [16n * PAGE, 17n * PAGE];
  guest.write(from, new Uint8Array(4096).fill(7));
  guest.write(to + PAGE, Uint8Array.of(9));
  assert.equal(guest.call(HCALL.PAGE_INIT, [COPY | SYNCHRONIZE, to, from]).result, SUCCESS);
  assert.ok(guest.read(to, 4096).every(byte => byte === 7));
  assert.equal(guest.call(HCALL.PAGE_INIT, [ZERO, to, 0n]).result, SUCCESS);
  assert.ok(guest.read(to, 4096).every(byte => byte === 0));
  assert.deepEqual(guest.read(to + PAGE, 1), Uint8Array.of(9));
  for (const refused of [
    [1n, to, from],
    [ZERO, to + 8n, 0n],
    [ZERO, BigInt(PSERIES_RAM), 0n],
    [COPY, to, from + 8n],
    [COPY, to, -PAGE],
  ])
    assert.equal(guest.call(HCALL.PAGE_INIT, refused).result, PARAMETER, refused.join());
});

test('ST-PSR-016 H_RANDOM gives numbers that differ, and the same ones in every run', () => {
  const numbers = [new PseriesGuest(), new PseriesGuest()].map(guest => [1, 2, 3].map(() => guest.call(HCALL.RANDOM).values[0]));
  assert.deepEqual(numbers[0], numbers[1]);
  assert.equal(new Set(numbers[0]).size, 3);
});

test('ST-PSR-017 H_LOGICAL_CI_LOAD and H_LOGICAL_CI_STORE access 1, 2, 4 or 8 bytes, big-endian; where nothing is, 0 is read', () => {
  const guest = new PseriesGuest();
  const at = 0x3000n;
  guest.writeDoubleword(at, 0x1122_3344_5566_7788n);
  const load = (size: bigint, address = at): bigint | undefined => guest.call(HCALL.LOGICAL_CI_LOAD, [size, address]).values[0];
  assert.deepEqual(
    [1n, 2n, 4n, 8n].map(size => load(size)),
    [0x11n, 0x1122n, 0x1122_3344n, 0x1122_3344_5566_7788n],
  );
  assert.equal(load(4n, 0x8000_0000_0000n), 0n);
  for (const [size, left] of [
    [1n, 0xaa22_3344_5566_7788n],
    [2n, 0xddaa_3344_5566_7788n],
    [4n, 0xbbcc_ddaa_5566_7788n],
    [8n, 0xffff_ffff_bbcc_ddaan],
  ] as const) {
    assert.equal(guest.call(HCALL.LOGICAL_CI_STORE, [size, at, 0xffff_ffff_bbcc_ddaan]).result, SUCCESS);
    assert.equal(guest.readDoubleword(at), left);
  }
  assert.equal(guest.call(HCALL.LOGICAL_CI_STORE, [8n, 0x8000_0000_0000n, 1n]).result, SUCCESS);
  for (const number of [HCALL.LOGICAL_CI_LOAD, HCALL.LOGICAL_CI_STORE]) assert.equal(guest.call(number, [3n, at]).result, PARAMETER);
});

const LPCR = ppcRegisterId('LPCR_64');
const [ILE, AIL_3] = [1n << 25n, 3n << 23n];

test('ST-PSR-018 H_SET_MODE sets byte order and place of interrupts for all vCPUs, and refuses what KVM or the book does not have', () => {
  const guest = new PseriesGuest({ cpus: 2 });
  const setMode = (...values: bigint[]): bigint => guest.call(HCALL.SET_MODE, values).result;
  const modes = (): readonly bigint[] => [0, 1].map(n => (guest.vcpu(n).getOneRegValue(LPCR) ?? 0n) & (ILE | AIL_3));
  assert.equal(setMode(1n, 4n, 0n, 0n), SUCCESS);
  assert.deepEqual(modes(), [ILE, ILE]);
  assert.equal(setMode(3n, 3n, 0n, 0n), SUCCESS);
  assert.deepEqual(modes(), [ILE | AIL_3, ILE | AIL_3]);
  assert.equal(setMode(0n, 4n, 0n, 0n), SUCCESS);
  assert.equal(setMode(0n, 3n, 0n, 0n), SUCCESS);
  assert.deepEqual(modes(), [0n, 0n]);
  assert.deepEqual(
    [
      setMode(2n, 4n, 0n, 0n),
      setMode(1n, 3n, 0n, 0n),
      setMode(2n, 3n, 0n, 0n),
      setMode(1n, 4n, 1n, 0n),
      setMode(1n, 4n, 0n, 1n),
      setMode(0n, 9n, 0n, 0n),
    ],
    [UNSUPPORTED_FLAG, UNSUPPORTED_FLAG, UNSUPPORTED_FLAG, P3, P4, P2],
  );
  assert.equal(new PseriesGuest({ kvm: 'pr' }).call(HCALL.SET_MODE, [3n, 3n, 0n, 0n]).result, UNSUPPORTED_FLAG);
});

test('ST-PSR-019 H_REGISTER_VPA checks the areas, which belong together, and marks the processor as shared', () => {
  const guest = new PseriesGuest({ kvm: 'pr', cpus: 2 });
  const register = (kind: bigint, address: bigint, server = 1n): bigint =>
    guest.call(HCALL.REGISTER_VPA, [kind << 45n, server, address]).result;
  const [vpa, shadow, log] = [0x4000n, 0x5000n, 0x6000n];
  guest.writeDoubleword(vpa, 640n << 16n);
  guest.writeDoubleword(shadow, 128n);
  guest.writeDoubleword(log, 48n);
  assert.equal(register(3n, shadow), RESOURCE);
  assert.equal(register(1n, vpa), SUCCESS);
  assert.deepEqual(guest.read(vpa + 9n, 1), Uint8Array.of(2));
  assert.deepEqual(
    [register(3n, shadow), register(2n, log), register(5n, 0n), register(7n, 0n), register(6n, 0n), register(5n, 0n)],
    [SUCCESS, SUCCESS, RESOURCE, SUCCESS, SUCCESS, SUCCESS],
  );
  assert.deepEqual(
    [register(1n, 0n), register(1n, vpa + 8n), register(1n, 0x7000n), register(1n, vpa, 2n), register(4n, vpa), register(1n, -128n)],
    [HARDWARE, PARAMETER, PARAMETER, PARAMETER, PARAMETER, PARAMETER],
  );
});

/** Flags of H_REGISTER_PROC_TBL. */
const [NEW_RADIX, NEW_HASH] = [0x1cn, 0x18n];

/** A process table at 0x10_0000 whose process 0 maps the lowest 2 MiB of quadrant 0 and 3 to themselves by one large page. */
function makeRadixTables(guest: PseriesGuest): bigint {
  const [table, root, second, third] = [0x10_0000n, 0x11_0000n, 0x12_0000n, 0x13_0000n];
  const [VALID, LEAF, ALL] = [1n << 63n, 1n << 62n, 0x18fn];
  // 52 bits: RTS 21 in its two parts, a root of 13 bits.
  guest.writeDoubleword(table, (2n << 61n) | root | (5n << 5n) | 13n);
  guest.writeDoubleword(root, VALID | second | 9n);
  guest.writeDoubleword(second, VALID | third | 9n);
  guest.writeDoubleword(third, VALID | LEAF | ALL);
  return table;
}

test('ST-PSR-020 H_REGISTER_PROC_TBL makes the partition radix: a debugger follows the tables, and the guest runs by them', () => {
  const guest = new PseriesGuest();
  const table = makeRadixTables(guest);
  assert.equal(guest.call(HCALL.REGISTER_PROC_TBL, [NEW_RADIX | 1n, table, 0n, 0n]).result, SUCCESS);
  const { msr } = guest.registers();
  const TRANSLATION = 0x30n;
  const bytes = new Uint8Array(392);
  guest.vcpu().call('KVM_GET_REGS', bytes);
  new DataView(bytes.buffer).setBigUint64(40, msr | TRANSLATION, true);
  guest.vcpu().call('KVM_SET_REGS', bytes);
  assert.equal(guest.machine.translate(guest.vcpu(), 0xc000_0000_0000_1238n), 0x1238n);
  assert.equal(guest.machine.translate(guest.vcpu(), 0xc000_0000_0020_0000n), undefined);
  assert.equal(guest.call(HCALL.PUT_TERM_CHAR, [0n, 1n, 0x4100_0000_0000_0000n, 0n]).result, SUCCESS);
  assert.equal(guest.output, 'A');
});

test('ST-PSR-021 H_REGISTER_PROC_TBL refuses unknown flags, a table out of place or too large, and radix trees where KVM has none', () => {
  const guest = new PseriesGuest();
  const register = (flags: bigint, base = 0x10_0000n, page = 0n, size = 0n): bigint =>
    guest.call(HCALL.REGISTER_PROC_TBL, [flags, base, page, size]).result;
  assert.deepEqual(
    [
      register(0x20n),
      register(NEW_RADIX, 0x800n),
      register(NEW_RADIX, 1n << 60n),
      register(NEW_RADIX, 0n, 1n),
      register(NEW_RADIX, 0n, 0n, 25n),
    ],
    [PARAMETER, P2, P2, P3, P4],
  );
  assert.deepEqual([register(NEW_HASH | 2n), register(NEW_HASH, 1n << 38n), register(NEW_HASH, 0n, 8n)], [PARAMETER, P2, P3]);
  // Without a change: right as long as it names what is there.
  assert.deepEqual(
    [register(0n), register(4n), register(NEW_RADIX), register(4n), register(0n)],
    [SUCCESS, PARAMETER, SUCCESS, SUCCESS, PARAMETER],
  );
  for (const options of [{ cpu: 'power8' }, { kvm: 'pr' }] as const)
    assert.equal(new PseriesGuest(options).call(HCALL.REGISTER_PROC_TBL, [NEW_RADIX, 0x10_0000n, 0n, 0n]).result, NOT_AVAILABLE);
});

test('ST-PSR-022 H_PROD and H_CONFER know the processors of the machine under both kinds of KVM', () => {
  for (const kvm of ['hv', 'pr'] as const) {
    const guest = new PseriesGuest({ kvm, cpus: 2 });
    const results = [
      guest.call(HCALL.PROD, [1n]),
      guest.call(HCALL.PROD, [2n]),
      guest.call(HCALL.CONFER, [-1n, 0n]),
      guest.call(HCALL.CONFER, [7n, 0n]),
    ];
    assert.deepEqual(
      results.map(({ result }) => result),
      [SUCCESS, PARAMETER, SUCCESS, PARAMETER],
      kvm,
    );
  }
});

/** H_ENTER with H_EXACT at entry 8: a page of 4 KiB of a segment of 256 MiB. */
const [EXACT, HPTE_HIGH, HPTE_LOW] = [1n << 39n, 0x1_0001n, 0x2000n | 0x196n];

test('ST-PSR-023 the partition has a hashed page table from the start, in the kernel or for KVM-PR in user space', () => {
  for (const options of [{ cpu: 'power8' }, { cpu: 'power9' }, { kvm: 'pr' }] as const) {
    const guest = new PseriesGuest(options);
    assert.equal(guest.call(HCALL.ENTER, [EXACT, 8n, HPTE_HIGH, HPTE_LOW]).result, SUCCESS);
    const { result, values } = guest.call(HCALL.READ, [0n, 8n]);
    assert.deepEqual([result, values[0]], [SUCCESS, HPTE_HIGH]);
    assert.equal(guest.call(HCALL.READ, [0n, 1n << 40n]).result, PARAMETER);
  }
});

test('ST-PSR-024 who comes back from radix trees finds an empty hashed page table', () => {
  const guest = new PseriesGuest();
  assert.equal(guest.call(HCALL.ENTER, [EXACT, 8n, HPTE_HIGH, HPTE_LOW]).result, SUCCESS);
  assert.equal(guest.call(HCALL.REGISTER_PROC_TBL, [NEW_RADIX, 0x10_0000n, 0n, 0n]).result, SUCCESS);
  assert.equal(guest.call(HCALL.REGISTER_PROC_TBL, [NEW_HASH, 0n, 0n, 0n]).result, SUCCESS);
  const { result, values } = guest.call(HCALL.READ, [0n, 8n]);
  assert.deepEqual([result, values[0]], [SUCCESS, 0n]);
});

test('ST-PSR-025 a processor that sleeps in H_CEDE goes on when another one calls H_PROD, under both kinds of KVM', () => {
  for (const kvm of ['hv', 'pr'] as const) {
    const guest = new PseriesGuest({ kvm, cpus: 2 });
    const [first, second] = [guest.vcpu(0), guest.vcpu(1)];
    const at = (vcpu: Vcpu, number: number, argument: bigint): void => {
      const set = changeRegisters(vcpu, registers => {
        registers.pc = PSERIES_CODE;
        registers.gpr[3] = BigInt(number);
        registers.gpr[4] = argument;
      });
      assert.ok(set.ok);
    };
    at(second, HCALL.CEDE, 0n);
    assert.equal(guest.machine.kvm.scheduler.run([second], { maximumInstructions: 1 }).kind, 'limit', kvm);
    assert.ok(second.isAsleep);
    at(first, HCALL.PROD, 1n);
    const prod = guest.machine.kvm.scheduler.run([first], { maximumInstructions: 1 });
    if (prod.kind === 'returned') guest.machine.serveExit(first);
    let woken = guest.machine.kvm.scheduler.run([second], { maximumInstructions: 1 });
    // User space wakes it by a signal.
    if (kvm === 'pr') {
      assert.ok(woken.kind === 'returned' && isInterrupted(woken.result));
      woken = guest.machine.kvm.scheduler.run([second], { maximumInstructions: 1 });
    }
    // Its next call has its own result for a number, H_SUCCESS.
    assert.ok(woken.kind === 'returned' && woken.result === 0, kvm);
    assert.deepEqual([second.kvmRun.exit_reason, second.kvmRun.papr_hcall_nr, second.isAsleep], [KVM_EXIT.PAPR_HCALL, 0n, false], kvm);
  }
});
