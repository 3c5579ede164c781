// SPDX-License-Identifier: MIT
// A regular expression engine that counts: each pattern of a grammar is matched by plain backtracking, as Oniguruma does at worst, without the
// short cuts that it may know. So how much a pattern may cost is a number, the same on every machine.

/** Instructions of a compiled pattern. Positions are indices into the same program. */
type Instruction =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  | { readonly kind: 'assertion'; readonly holds: (text: string, at: number) => boolean }
  /** Goes to `first`, and to `second` if that fails. */
  | { kind: 'split'; first: number; second: number }
  | { kind: 'jump'; to: number }
  /** A part with an answer of its own: nothing is tried again inside it once it has matched. */
  | { readonly kind: 'group'; readonly program: Program; readonly form: 'atomic' | 'ahead' | 'notAhead' | 'behind' | 'notBehind' };
type Program = Instruction[];

const isWord = (character: string | undefined): boolean => character !== undefined && /\w/.test(character);

/** Reads what the grammars use of Oniguruma's syntax. Everything else throws, so that it is not taken for something that it is not. */
class Parser {
  #at = 0;
  readonly #ignoresCase: boolean;

  constructor(readonly source: string) {
    this.#ignoresCase = source.startsWith('(?i)');
    if (this.#ignoresCase) this.#at = 4;
  }

  parse(): Program {
    const program = this.#alternatives();
    if (this.#at < this.source.length) this.#refuse();
    return program;
  }

  #refuse(): never {
    throw new Error(`The step counter does not know what stands at ${this.#at} of ${this.source}`);
  }

  #take(text: string): boolean {
    if (!this.source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #alternatives(): Program {
    const first = this.#sequence();
    if (!this.#take('|')) return first;
    const rest = this.#alternatives();
    return [
      { kind: 'split', first: 1, second: first.length + 2 },
      ...moved(first, 1),
      { kind: 'jump', to: first.length + 2 + rest.length },
      ...moved(rest, first.length + 2),
    ];
  }

  #sequence(): Program {
    let program: Program = [];
    while (this.#at < this.source.length && !'|)'.includes(this.source[this.#at] ?? ''))
      program = [...program, ...moved(this.#quantified(), program.length)];
    return program;
  }

  #quantified(): Program {
    const item = this.#item();
    const counted = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(this.source.slice(this.#at));
    if (counted === null) return item;
    this.#at += counted[0].length;
    if ('*+?{'.includes(this.source[this.#at] ?? ' ')) this.#refuse();
    const [least, most] = bounds(counted[0]);
    let program: Program = [];
    for (let count = 0; count < least; count++) program = [...program, ...moved(item, program.length)];
    if (most === undefined) {
      const start = program.length;
      return [
        ...program,
        { kind: 'split', first: start + 1, second: start + item.length + 2 },
        ...moved(item, start + 1),
        { kind: 'jump', to: start },
      ];
    }
    const end = program.length + (most - least) * (item.length + 1);
    for (let count = least; count < most; count++) {
      const start = program.length;
      program = [...program, { kind: 'split', first: start + 1, second: end }, ...moved(item, start + 1)];
    }
    return program;
  }

  #item(): Program {
    for (const [opening, form] of GROUPS) {
      if (!this.#take(opening)) continue;
      if (this.source[this.#at] === '?') this.#refuse();
      const program = this.#alternatives();
      if (!this.#take(')')) this.#refuse();
      return form === undefined ? program : [{ kind: 'group', program, form }];
    }
    if (this.#take('^')) return [{ kind: 'assertion', holds: (_, at) => at === 0 }];
    if (this.#take('$')) return [{ kind: 'assertion', holds: (text, at) => at === text.length || text[at] === '\n' }];
    if (this.#take('\\b')) return [{ kind: 'assertion', holds: (text, at) => isWord(text[at - 1]) !== isWord(text[at]) }];
    // The rest is one character, which JavaScript reads as Oniguruma does.
    const character = /^(?:\[\^?(?:\\.|[^\]\\])+\]|\\[^A-Zabce-rtuvx-z0-9]|\\[dsnwWDS]|[^\\()[\]{}*+?|^$])/su.exec(
      this.source.slice(this.#at),
    );
    if (character === null) this.#refuse();
    this.#at += character[0].length;
    const pattern = new RegExp(`^(?:${character[0]})$`, this.#ignoresCase ? 'i' : '');
    const known = new Map<string, boolean>();
    const matches = (one: string): boolean => {
      const answer = known.get(one) ?? pattern.test(one);
      known.set(one, answer);
      return answer;
    };
    return [{ kind: 'character', matches }];
  }
}

/** Longer openings before those that they begin with; a group without a form is part of what is around it. */
const GROUPS = [
  ['(?:', undefined],
  ['(?>', 'atomic'],
  ['(?=', 'ahead'],
  ['(?!', 'notAhead'],
  ['(?<=', 'behind'],
  ['(?<!', 'notBehind'],
  ['(', undefined],
] as const;

function bounds(quantifier: string): readonly [least: number, most: number | undefined] {
  if (quantifier === '*') return [0, undefined];
  if (quantifier === '+') return [1, undefined];
  if (quantifier === '?') return [0, 1];
  const [, least = '0', comma, most = ''] = /^\{(\d+)(,)?(\d*)\}$/.exec(quantifier) ?? [];
  return [Number(least), comma === undefined ? Number(least) : most === '' ? undefined : Number(most)];
}

const moved = (program: Program, by: number): Program =>
  program.map(instruction => {
    if (instruction.kind === 'split') return { ...instruction, first: instruction.first + by, second: instruction.second + by };
    return instruction.kind === 'jump' ? { ...instruction, to: instruction.to + by } : instruction;
  });

/** A pattern that tells what an attempt costs. */
export class CountedPattern {
  readonly #program: Program;
  #steps = 0;

  constructor(readonly source: string) {
    this.#program = new Parser(source).parse();
  }

  /** Tries to match at `at` and nowhere else; the end of the match, `undefined` for none, and the instructions executed. */
  matchAt(text: string, at: number): { readonly end: number | undefined; readonly steps: number } {
    this.#steps = 0;
    const end = this.#run(this.#program, text, at);
    return { end, steps: this.#steps };
  }

  /** `requiredEnd`: only a match that ends there counts. */
  #run(program: Program, text: string, at: number, requiredEnd?: number): number | undefined {
    const untried: [pc: number, at: number][] = [[0, at]];
    for (let next = untried.pop(); next !== undefined; next = untried.pop()) {
      const end = this.#thread(program, text, next, untried);
      if (end !== undefined && (requiredEnd === undefined || end === requiredEnd)) return end;
    }
    return undefined;
  }

  #thread(program: Program, text: string, [start, from]: [number, number], untried: [number, number][]): number | undefined {
    let pc = start;
    let at = from;
    for (;;) {
      const instruction = program[pc];
      if (instruction === undefined) return at;
      this.#steps++;
      switch (instruction.kind) {
        case 'character': {
          const character = text[at];
          if (character === undefined || !instruction.matches(character)) return undefined;
          at++;
          pc++;
          break;
        }
        case 'assertion':
          if (!instruction.holds(text, at)) return undefined;
          pc++;
          break;
        case 'split':
          untried.push([instruction.second, at]);
          pc = instruction.first;
          break;
        case 'jump':
          pc = instruction.to;
          break;
        case 'group': {
          const end = this.#group(instruction, text, at);
          if (end === undefined) return undefined;
          at = end;
          pc++;
        }
      }
    }
  }

  #group({ program, form }: Instruction & { kind: 'group' }, text: string, at: number): number | undefined {
    switch (form) {
      case 'atomic':
        return this.#run(program, text, at);
      case 'ahead':
        return this.#run(program, text, at) === undefined ? undefined : at;
      case 'notAhead':
        return this.#run(program, text, at) === undefined ? at : undefined;
      case 'behind':
      case 'notBehind': {
        // The grammars look behind by one character.
        const isThere = at > 0 && this.#run(program, text, at - 1, at) !== undefined;
        return isThere === (form === 'behind') ? at : undefined;
      }
    }
  }
}
