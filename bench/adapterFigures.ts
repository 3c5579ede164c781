// SPDX-License-Identifier: MIT
import { AdapterClient, DebugAdapter } from '../src/dap/index.js';
import { makeTarget } from '../src/entries/makeTarget.js';
import { NodeHost } from '../src/entries/nodeHost.js';
import type { Figures } from './figures.js';
import { ROOT } from './guest.js';
import { wallSeconds } from './measure.js';
import type { PowerIsa } from './powerGuest.js';

type LoopIsa = 'aarch64' | PowerIsa;
const THREAD = 1;
/** V8 has compiled the whole way of a step by then. */
const WARM_STEPS = 20_000;
const STEPS = 40_000;
/** Hits to warm up with and to measure, by mode. */
const HITS = { engine: [100_000, 1_000_000], hardware: [20_000, 100_000] } as const;
const REPORTED_HITS = 10_000;
/** The load in the loop, and `rounds`, as dataBreakpointInfo names it. */
const IN_LOOP = '0x40080068';
const WATCHED = '0x40081000/8/rounds';

/** An adapter in this process with a client that speaks to it, stopped at the entry of the loop. */
class InProcessSession {
  readonly #host = new NodeHost();
  readonly #adapter: DebugAdapter;
  readonly #client: AdapterClient;

  constructor() {
    this.#client = new AdapterClient(message => this.#adapter.receive(message));
    this.#adapter = new DebugAdapter(this.#host, makeTarget, () => undefined);
    this.#adapter.onDidSendMessage(message => this.#client.receive(message));
  }

  async request(command: string, args: object): Promise<void> {
    const answer = await this.#client.request(command, args);
    if (!answer.success) throw new Error(`${command}: ${answer.message}`);
  }

  async waitForStop(): Promise<void> {
    const event = await this.#client.waitFor('stopped', 'terminated');
    if (event?.['event'] !== 'stopped') throw new Error('The guest ended.');
  }

  /** POWER is launched under KVM-HV. */
  async launch(isa: LoopIsa = 'aarch64'): Promise<void> {
    await this.request('initialize', { adapterID: 'steptrap', linesStartAt1: true, columnsStartAt1: true });
    const kvm = isa === 'aarch64' ? {} : { kvm: 'hv' };
    const program = `${ROOT}bench/loop/loop.${isa}.elf`;
    const launched = this.request('launch', { program, memory: '16M', stopOnEntry: false, stopAt: 'main', ...kvm });
    await this.#client.waitFor('initialized');
    await this.request('configurationDone', {});
    await launched;
    await this.waitForStop();
  }

  dispose(): void {
    this.#adapter.dispose();
    this.#host.dispose();
  }
}

async function stepsPerSecond(isa: LoopIsa): Promise<number> {
  const session = new InProcessSession();
  await session.launch(isa);
  const steps = async (count: number): Promise<void> => {
    for (let step = 0; step < count; step++) {
      await session.request('stepIn', { threadId: THREAD, granularity: 'instruction' });
      await session.waitForStop();
    }
  };
  await steps(WARM_STEPS);
  const seconds = await wallSeconds(() => steps(STEPS));
  session.dispose();
  return STEPS / seconds;
}

/** A breakpoint in the loop whose condition is false until `rounds` has a certain value: so many conditions, then a stop. */
async function falseConditionsPerSecond(mode: 'engine' | 'hardware'): Promise<number> {
  const session = new InProcessSession();
  await session.launch();
  const continueUntil = async (rounds: number): Promise<void> => {
    await session.request('setInstructionBreakpoints', {
      breakpoints: [{ instructionReference: IN_LOOP, condition: `rounds == ${rounds}`, mode }],
    });
    await session.request('continue', { threadId: THREAD });
    await session.waitForStop();
  };
  const [warm, measured] = HITS[mode];
  await continueUntil(warm);
  const seconds = await wallSeconds(() => continueUntil(warm + measured));
  session.dispose();
  return measured / seconds;
}

/** Hits a second of what `arm` sets, each reported to the client and continued from. */
async function reportedHitsPerSecond(arm: (session: InProcessSession) => Promise<void>): Promise<number> {
  const session = new InProcessSession();
  await session.launch();
  await arm(session);
  const hits = async (count: number): Promise<void> => {
    for (let hit = 0; hit < count; hit++) {
      await session.request('continue', { threadId: THREAD });
      await session.waitForStop();
    }
  };
  await hits(WARM_STEPS);
  const seconds = await wallSeconds(() => hits(REPORTED_HITS));
  session.dispose();
  return REPORTED_HITS / seconds;
}

/** `steps.adapter`: the whole stack in one process: client, adapter, debugger, KVM, engine. */
export const adapterSteps = async (): Promise<Figures> => ({ 'steps.adapter.aarch64': await stepsPerSecond('aarch64') });

/** The same with the Trace method. */
export const adapterStepsPpc64 = async (): Promise<Figures> => ({ 'steps.adapter.ppc64': await stepsPerSecond('ppc64') });
export const adapterStepsPpc64le = async (): Promise<Figures> => ({ 'steps.adapter.ppc64le': await stepsPerSecond('ppc64le') });

/** `hits.falseCondition`, by breakpoints in the engine. */
export const falseConditions = async (): Promise<Figures> => ({
  'hits.falseCondition.aarch64': await falseConditionsPerSecond('engine'),
});

/** The same by a breakpoint register: each hit is stepped over with the slot lifted. */
export const falseConditionsHardware = async (): Promise<Figures> => ({
  'hits.falseConditionHardware.aarch64': await falseConditionsPerSecond('hardware'),
});

/** Reported hits of a breakpoint register and of a watchpoint register. */
export const reportedHits = async (): Promise<Figures> => ({
  'hits.breakpoint.aarch64': await reportedHitsPerSecond(session =>
    session.request('setInstructionBreakpoints', { breakpoints: [{ instructionReference: IN_LOOP, mode: 'hardware' }] }),
  ),
  'hits.watchpoint.aarch64': await reportedHitsPerSecond(session =>
    session.request('setDataBreakpoints', { breakpoints: [{ dataId: WATCHED, accessType: 'write', mode: 'hardware' }] }),
  ),
});
