// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectFile } from '../support/adapterConnection.js';

const steptrap = (args: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [projectFile('out/src/entries/steptrap.node.js'), ...args], {
    input,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
};
const sample = (name: string, level: string): string => projectFile(`samples/${name}/${name}.aarch64.${level}.elf`);

for (const level of ['O0', 'O2']) {
  test(`ST-CLI-001 run boots hello to its power-off with its console on stdout (${level})`, () => {
    assert.deepEqual(steptrap(['run', sample('hello', level)]), { status: 0, stdout: 'Hello from EL1.\n', stderr: '' });
  });
}

for (const program of ['ppc64', 'ppc64le']) {
  for (const kvm of ['hv', 'pr']) {
    test(`ST-CLI-010 run boots hello for POWER under either KVM, and the guest reads what is typed (${program}, ${kvm})`, () => {
      const image = projectFile(`samples/hello/hello.${program}.O2.elf`);
      const { status, stdout, stderr } = steptrap(['run', '--kvm', kvm, image], 'good day\n');
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'Hello from supervisor state.\nGOOD DAY\n', stderr: '' });
    });
  }
}

test('ST-CLI-002 standard input reaches the guest', () => {
  assert.equal(steptrap(['run', sample('hello', 'O2')], 'good day\n').stdout, 'Hello from EL1.\nGOOD DAY\n');
});

test('ST-CLI-003 a run that uses up --max-instructions ends with status 124', () => {
  assert.equal(steptrap(['run', '--max-instructions', '100', sample('counter', 'O0')]).status, 124);
});

test('ST-CLI-004 --stats prints one JSON line with instructions, seconds and exits on stderr', () => {
  const { stderr } = steptrap(['run', '--stats', sample('counter', 'O2')]);
  const stats: unknown = JSON.parse(stderr);
  assert.deepEqual(Object.keys(Object(stats)), ['instructions', 'seconds', 'exits']);
});

test('ST-CLI-005 --trace kvm prints each KVM_RUN and its exit in the words of the kernel on stderr', () => {
  const { stderr } = steptrap(['run', '--trace', 'kvm', sample('counter', 'O2')]);
  assert.match(stderr, /KVM_RUN -> KVM_EXIT_MMIO write phys_addr=0x9000000 len=4/);
  assert.match(stderr, /KVM_RUN -> KVM_EXIT_SYSTEM_EVENT type=KVM_SYSTEM_EVENT_SHUTDOWN\n$/);
});

test('ST-CLI-006 bad usage and bad images end with status 2 and one sentence on stderr', () => {
  const hello = sample('hello', 'O2');
  const power = projectFile('samples/hello/hello.ppc64.O2.elf');
  const cases: readonly (readonly string[])[] = [
    [],
    ['fly'],
    ['run'],
    ['run', '--fast', hello],
    ['run', '--memory'],
    ['run', '--memory', '8M', hello],
    ['run', '--machine', 'pseries', hello],
    ['run', '--kvm', 'pr', hello],
    ['run', '--machine', 'virt', power],
    ['run', '--smp', '9', power],
    ['run', '--cpu', 'power10', power],
    ['run', '--cpu', 'cortex-a57', power],
    ['run', hello, 'x'],
    ['run', '/no/such'],
    ['run', projectFile('package.json')],
    ['debug', hello],
    ['dap', '--port', 'x'],
  ];
  for (const words of cases) {
    const { status, stdout, stderr } = steptrap(words);
    assert.deepEqual({ status, stdout, lines: stderr.trimEnd().split('\n').length }, { status: 2, stdout: '', lines: 1 }, words.join(' '));
    assert.match(stderr, /^steptrap: .+[.;]/);
  }
});

test('ST-CLI-007 --version and --help answer on stdout', () => {
  assert.match(steptrap(['--version']).stdout, /^steptrap \d/);
  assert.match(steptrap(['run', '--help']).stdout, /--max-instructions N/);
});

test('ST-CLI-008 debug prints --stats and --trace kvm on stderr and the transcript on stdout', () => {
  const folder = mkdtempSync(join(tmpdir(), 'steptrap-'));
  const script = join(folder, 'session.txt');
  writeFileSync(script, 'launch stopAt=main\nstart\nstepIn granularity=instruction\nclear\n');
  const { status, stdout, stderr } = steptrap(['debug', '--stats', '--trace', 'kvm', sample('hello', 'O2'), '--script', script]);
  rmSync(folder, { recursive: true });
  assert.equal(status, 0);
  assert.match(stdout, /← stopped +reason=step/);
  assert.doesNotMatch(stdout, /KVM_RUN/);
  assert.match(stderr, /KVM_RUN -> KVM_EXIT_DEBUG/);
  const last: unknown = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
  assert.deepEqual(Object.keys(Object(last)), ['instructions', 'seconds', 'exits']);
});

test('ST-CLI-009 the demo plays to its end and shows how a step of each kind is made', () => {
  const { status, stdout, stderr } = steptrap(['demo']);
  assert.deepEqual([status, stderr], [0, '']);
  for (const sign of [
    'KVM_SET_GUEST_DEBUG',
    'KVM_EXIT_DEBUG',
    'held by host: breakpoint 1',
    'counter: 0 → 1',
    'exception_vectors',
    'by ARM64 software step, ',
    'by KVM-PR single step, ',
    'by POWER HV Trace, ',
    '(SE 0 → 1): the guest takes a Trace interrupt',
    'trap at the vector of the Trace interrupt, 0xc000000000004d00 by ',
    '"type": "steptrap"',
  ])
    assert.ok(stdout.includes(sign), sign);
});
