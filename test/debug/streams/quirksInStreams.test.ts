// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { virtualAddress } from '../../../src/base/index.js';
import { DEBUG_QUIRKS, QUIRKS } from '../../../src/debug/execution/debugQuirks.js';
import { ppc, SPR } from '../../cpu/powerWords.js';
import { projectFile } from '../../support/adapterConnection.js';
import { PowerWordGuest, START } from '../powerWordGuest.js';
import { type StreamKind, streamOptions } from './streamGuest.js';
import { proveStream, STEPS } from './streamProof.js';

// Each gap that `exact` closes under KVM-HV is put back alone, and the proof by random streams has to notice it.

/** The stream that a quirk shows in. `with`: what else a quirk needs in order to show, of another layer. */
interface ShownBy {
  readonly kind: StreamKind;
  readonly seed: number;
  readonly with?: string;
}

// biome-ignore format: a table
const STREAMS: Readonly<Record<string, ShownBy>> = {
  staleDebugStatus:                { kind: 'real', seed: 1 },
  exitDropsReservation:            { kind: 'companion', seed: 3 },
  exclusivesNeverSucceed:          { kind: 'real', seed: 3, with: 'exitDropsReservation' },
  handlersSeeTrace:                { kind: 'real', seed: 1 },
  rfidStepsOneMore:                { kind: 'real', seed: 1 },
  untracedStepsOneMore:            { kind: 'real', seed: 1 },
  rfscvStepNeverEnds:              { kind: 'real', seed: 3 },
  guestTraceSeenOnlyAtRfid:        { kind: 'real', seed: 1 },
  movesLoseGuestTrace:             { kind: 'real', seed: 1 },
  moveToMsrKeepsVector:            { kind: 'translated', seed: 1 },
  returnVectorIgnoresPR:           { kind: 'translated', seed: 11 },
  handlerStartRunsTwice:           { kind: 'real', seed: 1 },
  handlerBranchEscapes:            { kind: 'real', seed: 2 },
  vectorHitComparesOwnSavedAddress: { kind: 'companion', seed: 1 },
  reentersAtForeignTrap:           { kind: 'companion', seed: 1 },
  trapThroughCurrentContext:       { kind: 'translated', seed: 1 },
};

/** What no step of a stream can show, and the test that shows it: that one must switch it by its name. */
const BY_TESTS: Readonly<Record<string, { readonly file: string; readonly why: string }>> = {
  keepsStatusBit42: { file: 'test/debug/groupBVector.test.ts', why: 'no Trace interrupt of the emulated processors sets that bit' },
  nestedStepOverwritesPending: { file: 'test/debug/groupBPending.test.ts', why: 'a breakpoint has to stop the step on its way' },
  anyReturnEndsPending: { file: 'test/debug/groupBPending.test.ts', why: 'a breakpoint has to stop the step on its way' },
  accessesMeetTraps: { file: 'test/debug/groupBAccess.test.ts', why: 'a stream leaves its vectors and its code alone' },
  watchpointLosesInterruptState: { file: 'test/debug/streams/quirksInStreams.test.ts', why: 'it is about data breakpoints' },
};

const caughtIn = ({ kind, seed }: ShownBy, quirks: Readonly<Record<string, boolean>>): boolean => {
  try {
    proveStream({ ...streamOptions(seed, kind), quirks }, STEPS);
    return false;
  } catch (error) {
    assert.ok(error instanceof Error && error.message.startsWith(`seed ${seed}, step `), String(error));
    return true;
  }
};

for (const [name, stream] of Object.entries(STREAMS))
  test(`ST-TRC-010 the proof by random streams notices ${name}, put back alone into exact`, () => {
    assert.ok(QUIRKS.some(quirk => quirk.name === name));
    const besides = stream.with === undefined ? {} : { [stream.with]: true };
    assert.deepEqual([caughtIn(stream, {}), caughtIn(stream, { ...besides, [name]: true })], [false, true]);
  });

test('ST-TRC-011 each quirk of the debugger under KVM-HV shows in a stream, or in the test that is named for it', () => {
  const ofHv = DEBUG_QUIRKS.filter(({ requirement }) => requirement.startsWith('PPC-HV') || requirement.startsWith('S-'));
  assert.deepEqual(
    ofHv.map(({ name }) => name).filter(name => !(name in STREAMS) && !(name in BY_TESTS)),
    [],
  );
  for (const [name, { file }] of Object.entries(BY_TESTS)) {
    const text = readFileSync(projectFile(file), 'utf8');
    assert.ok(
      text.includes(`${name}: true`) || text.includes(`quirks: { ${name} }`) || text.includes(`quirks: { ${name},`),
      `${file} does not switch ${name}`,
    );
  }
});

test('PPC-HV-45 watchpointLosesInterruptState shows in SRR0 and DAR behind a data breakpoint by DAWR', () => {
  const [DATA, DAR] = [0x8000n, 0x5555n];
  const words = [ppc.mtspr(22, SPR.DAR), ppc.stw(3, 4, 0), ppc.mfspr(26, SPR.DAR), ppc.b(0)];
  const darBehind = (quirks: Readonly<Record<string, boolean>>): bigint => {
    const guest = new PowerWordGuest(words, { kind: 'hv', quirks, gpr: { 3: 7n, 4: DATA, 22: DAR } });
    guest.target.breakpoints.setData([{ address: virtualAddress(DATA), bytes: 4, access: 'write', mode: 'hardware', name: 'x' }]);
    assert.equal(guest.continue().reason, 'watchpoint');
    guest.step();
    assert.equal(guest.get('pc'), START + 12n);
    return guest.get('r26');
  };
  assert.deepEqual([darBehind({}), darBehind({ watchpointLosesInterruptState: true })], [DAR, DATA]);
});
