// SPDX-License-Identifier: MIT
import { AdapterClient, type ClientAnswer, type WireMessage } from './adapterClient.js';
import { type Statement, valueOfWord } from './script.js';
import { isRecord } from './shape.js';
import { Transcript, type TranscriptNames } from './transcript.js';

/** What a script needs to know of the sources. */
export interface ScriptSources extends TranscriptNames {
  /** The line, from 1, that carries the marker comment `marker`; `undefined` if none or several do. */
  lineOf(path: string, marker: string): number | undefined;
  /** The whole path of a source that a script names shortly. */
  pathOf(name: string): string;
}

/** How a script ended. */
export interface ScriptOutcome {
  /** The guest's exit status, `undefined` if it has not ended. */
  readonly exitCode: number | undefined;
  /** Why the script could not go on: one sentence with its line. */
  readonly problem: string | undefined;
}

type Handler = (statement: Statement) => Promise<string | undefined>;

/** The protocol's name for the verbs that let the guest run to its next stop. */
const RUNNING: Readonly<Record<string, string>> = {
  continue: 'continue',
  next: 'next',
  stepIn: 'stepIn',
  step: 'stepIn',
  stepOut: 'stepOut',
  finish: 'stepOut',
};

/** Plays a script of adapter requests over a client and prints the transcript line by line. */
export class ScriptRunner {
  readonly client: AdapterClient;
  readonly #transcript: Transcript;
  #thread = 1;
  #exitCode: number | undefined;
  #isOver = false;
  readonly #source = new Map<string, object[]>();
  readonly #functions: object[] = [];
  readonly #instructions: object[] = [];
  readonly #data: object[] = [];

  constructor(
    send: (message: WireMessage) => void,
    private readonly sources: ScriptSources,
    /** The launch configuration that the caller gives; a `launch` line adds to it. */
    private readonly configuration: WireMessage,
    private readonly print: (line: string) => void,
  ) {
    this.#transcript = new Transcript(sources);
    this.client = new AdapterClient(send, event => this.#event(event));
  }

  /** Plays all statements; a script without `launch` is launched and started first. */
  async play(statements: readonly Statement[]): Promise<ScriptOutcome> {
    await this.client.request('initialize', { adapterID: 'steptrap', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' });
    const launches = statements.some(statement => statement.verb === 'launch');
    let problem = launches ? undefined : await this.#launch({});
    for (const statement of statements) {
      if (problem !== undefined) break;
      const sentence = await this.#play(statement);
      if (sentence !== undefined) problem = `line ${statement.line}: ${sentence}`;
    }
    await this.client.request('disconnect', {});
    return { exitCode: this.#exitCode, problem };
  }

  #play(statement: Statement): Promise<string | undefined> {
    const running = RUNNING[statement.verb];
    if (running !== undefined) return this.#run(running, statement);
    const handler = this.#handlers[statement.verb];
    return handler === undefined
      ? Promise.resolve(`"${statement.verb}" is not a statement; docs/scripts.md lists them.`)
      : handler(statement);
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    say: async ({ rest }) => {
      this.print('');
      for (const line of rest.split('\n')) this.print(line);
      this.print('');
      return undefined;
    },
    launch: statement => this.#launch(this.#optionsOf(statement)),
    start: async () => {
      await this.#ask('configurationDone', {});
      return this.#awaitStop();
    },
    break: statement => this.#break(statement),
    watch: statement => this.#watch(statement),
    unwatch: async () => {
      this.#data.length = 0;
      await this.#ask('setDataBreakpoints', { breakpoints: [] });
      return undefined;
    },
    clear: () => this.#clear(),
    stack: async ({ options }) => {
      await this.#ask('stackTrace', {
        threadId: this.#thread,
        ...(options['levels'] === undefined ? {} : { levels: Number(options['levels']) }),
      });
      return undefined;
    },
    threads: () => this.#show('threads', {}),
    scopes: async () => this.#show('scopes', { frameId: await this.#frame(0) }),
    variables: statement => this.#variables(statement),
    evaluate: async ({ rest }) => this.#show('evaluate', { expression: rest, context: 'watch', frameId: await this.#frame(0) }),
    repl: async ({ rest }) => this.#show('evaluate', { expression: rest, context: 'repl', frameId: await this.#frame(0) }),
    set: async ({ rest }) => {
      const match = /^(.+?)\s*=\s*([^=].*)$/.exec(rest);
      if (match === null) return 'set needs EXPRESSION = VALUE.';
      return this.#show('setExpression', { expression: match[1], value: match[2], frameId: await this.#frame(0) });
    },
    memory: ({ words }) => this.#show('readMemory', { memoryReference: words[0], count: Number(words[1] ?? '16') }),
    disassemble: ({ words }) => this.#show('disassemble', { memoryReference: words[0], instructionCount: Number(words[1] ?? '4') }),
    registers: () => this.#show('steptrap/debugRegisters', { threadId: this.#thread }),
    anatomy: () => this.#show('steptrap/stepAnatomy', { threadId: this.#thread }),
    vcpus: () => this.#show('steptrap/vcpus', {}),
    vcpu: async ({ words }) => {
      const index = Number(words[0]);
      if (!Number.isInteger(index) || index < 0) return 'vcpu needs the number of a vCPU.';
      this.#thread = index + 1;
      return undefined;
    },
    freeze: ({ words }) => this.#show('steptrap/freeze', { threadId: Number(words[0]) + 1 }),
    thaw: ({ words }) => this.#show('steptrap/thaw', { threadId: Number(words[0]) + 1 }),
    kvm: ({ words }) => this.#show('steptrap/kvmTrace', { start: Number(words[0] ?? '0'), count: Number(words[1] ?? '100') }),
    locking: ({ words }) => this.#show('steptrap/setSchedulerLocking', { mode: words[0] }),
    trace: async ({ words }) => {
      // Like `say`, for the reader of the transcript: no line of its own.
      const answer = await this.client.request('steptrap/setTrace', { mode: words[0] });
      return answer.success ? undefined : answer.message;
    },
    input: ({ rest }) => this.#show('steptrap/consoleInput', { text: `${rest.replace(/^"|"$/g, '')}\n` }),
    until: async ({ words }) => {
      const [until = '', address] = words;
      const isKind = ['branch', 'call', 'return', 'exception'].includes(until);
      const target = isKind ? { until } : { until: 'address', address: until === 'address' ? address : until };
      const answer = await this.#ask('steptrap/stepUntil', { threadId: this.#thread, ...target });
      return answer.success ? this.#awaitStop(isKind) : undefined;
    },
    pause: async () => {
      await this.#ask('pause', { threadId: this.#thread });
      return this.#awaitStop();
    },
    restart: async () => {
      await this.#ask('restart', {});
      return this.#awaitStop();
    },
    wait: () => this.#awaitStop(),
    terminate: () => this.#show('terminate', {}),
    request: async statement => {
      const [command = ''] = statement.words;
      const json = statement.words[1];
      const args = json === undefined ? this.#optionsOf(statement) : valueOfWord(json);
      return this.#show(command, isRecord(args) ? args : {});
    },
  };

  #event(event: WireMessage): void {
    const body = isRecord(event['body']) ? event['body'] : {};
    if (event['event'] === 'stopped' && typeof body['threadId'] === 'number') this.#thread = body['threadId'];
    if (event['event'] === 'exited' && typeof body['exitCode'] === 'number') this.#exitCode = body['exitCode'];
    if (event['event'] === 'terminated') this.#isOver = true;
    for (const line of this.#transcript.event(event)) this.print(line);
  }

  async #ask(command: string, args: WireMessage): Promise<ClientAnswer> {
    this.print(this.#transcript.request(command, args));
    const answer = await this.client.request(command, args);
    for (const line of this.#transcript.answer(command, answer.success, answer.message, answer.body)) this.print(line);
    return answer;
  }

  async #show(command: string, args: WireMessage): Promise<string | undefined> {
    await this.#ask(command, args);
    return undefined;
  }

  /** Takes away the breakpoints of each kind that there are. */
  async #clear(): Promise<undefined> {
    for (const path of [...this.#source.keys()]) await this.#ask('setBreakpoints', { source: { path }, breakpoints: [] });
    this.#source.clear();
    for (const [list, request] of [
      [this.#functions, 'setFunctionBreakpoints'],
      [this.#instructions, 'setInstructionBreakpoints'],
    ] as const) {
      if (list.length > 0) await this.#ask(request, { breakpoints: [] });
      list.length = 0;
    }
    return undefined;
  }

  async #launch(options: WireMessage): Promise<string | undefined> {
    const answer = await this.#ask('launch', { ...this.configuration, ...options });
    return answer.success ? undefined : (answer.message ?? 'The launch failed.');
  }

  /** The guest runs until it stops or ends; `times` repeats a step. */
  async #run(command: string, { options }: Statement): Promise<string | undefined> {
    const times = Number(options['times'] ?? '1');
    for (let time = 0; time < times; time++) {
      if (this.#isOver) return 'The guest has ended.';
      const granularity = options['granularity'];
      const answer = await this.#ask(command, { threadId: this.#thread, ...(granularity === undefined ? {} : { granularity }) });
      if (answer.success) await this.#awaitStop(granularity === 'instruction');
    }
    return undefined;
  }

  async #awaitStop(showsInstruction = false): Promise<string | undefined> {
    if (this.#isOver) return undefined;
    const event = await this.client.waitFor('stopped', 'terminated');
    if (event?.['event'] === 'stopped') await this.#showPlace(showsInstruction);
    return undefined;
  }

  /** Where the guest stands, as a debugger in a terminal says it; the requests for it have no lines of their own. */
  async #showPlace(showsInstruction: boolean): Promise<void> {
    const frame = await this.#frameAt(0);
    if (frame === undefined) return;
    const hasSource = isRecord(frame['source']);
    if (hasSource) this.print(this.#transcript.stopPlace(frame));
    if (hasSource && !showsInstruction) return;
    const { body } = await this.client.request('disassemble', {
      memoryReference: frame['instructionPointerReference'],
      instructionCount: 1,
    });
    const row: unknown = Array.isArray(body['instructions']) ? body['instructions'][0] : undefined;
    if (isRecord(row)) this.print(this.#transcript.stopInstruction(row));
  }

  async #break({ words, options }: Statement): Promise<string | undefined> {
    const [place = ''] = words;
    const more = Object.fromEntries(Object.entries(options));
    const line = /^([^*<][^:<]*):(?:(\d+)|<(.+)>)$/.exec(place);
    if (line !== null) {
      const path = this.sources.pathOf(line[1] ?? '');
      const number = line[2] === undefined ? this.sources.lineOf(path, line[3] ?? '') : Number(line[2]);
      if (number === undefined) return `No single line of ${line[1]} has the marker comment ${line[3]}.`;
      const all = [...(this.#source.get(path) ?? []), { line: number, ...more }];
      this.#source.set(path, all);
      return this.#show('setBreakpoints', { source: { path }, breakpoints: all });
    }
    if (place.startsWith('*0x')) {
      this.#instructions.push({ instructionReference: place.slice(1), ...more });
      return this.#show('setInstructionBreakpoints', { breakpoints: this.#instructions });
    }
    this.#functions.push({ name: place, ...more });
    return this.#show('setFunctionBreakpoints', { breakpoints: this.#functions });
  }

  async #watch({ words, options }: Statement): Promise<string | undefined> {
    const { access = 'write', bytes, ...more } = options;
    const [name = ''] = words;
    const size = bytes === undefined ? {} : { bytes: Number(bytes) };
    const info = await this.#ask('dataBreakpointInfo', { name, ...size, ...(name.startsWith('0x') ? { asAddress: true } : {}) });
    const dataId = info.body['dataId'];
    if (typeof dataId !== 'string') return undefined;
    this.#data.push({ dataId, accessType: access, ...more });
    return this.#show('setDataBreakpoints', { breakpoints: this.#data });
  }

  /** A frame of the stopped vCPU; asked without a line in the transcript. */
  async #frameAt(level: number): Promise<WireMessage | undefined> {
    const answer = await this.client.request('stackTrace', { threadId: this.#thread, startFrame: level, levels: 1 });
    const frames = answer.body['stackFrames'];
    const first: unknown = Array.isArray(frames) ? frames[0] : undefined;
    return isRecord(first) ? first : undefined;
  }

  async #frame(level: number): Promise<number | undefined> {
    const id = (await this.#frameAt(level))?.['id'];
    return typeof id === 'number' ? id : undefined;
  }

  /** `variables Locals`, `variables Locals pair`, `variables Debug mdscr_el1`: a scope and a way down from it. */
  async #variables({ words, options }: Statement): Promise<string | undefined> {
    const frameId = await this.#frame(Number(options['frame'] ?? '0'));
    const scopes = await this.client.request('scopes', { frameId });
    let list: unknown = scopes.body['scopes'];
    let reference: number | undefined;
    for (const [depth, word] of words.entries()) {
      const found = Array.isArray(list) ? list.filter(isRecord).find(each => each['name'] === word) : undefined;
      if (found === undefined) return `There is no "${word}" here.`;
      reference = Number(found['variablesReference']);
      if (depth < words.length - 1) list = (await this.client.request('variables', { variablesReference: reference })).body['variables'];
    }
    this.print(this.#transcript.request('variables', { path: words.join('.') }));
    const answer = await this.client.request('variables', { variablesReference: reference ?? 0 });
    for (const line of this.#transcript.answer('variables', answer.success, answer.message, answer.body)) this.print(line);
    return undefined;
  }

  #optionsOf({ options }: Statement): WireMessage {
    return Object.fromEntries(Object.entries(options).map(([name, word]) => [name, valueOfWord(word)]));
  }
}
