// SPDX-License-Identifier: MIT
// What the grammars of all architectures share: the syntax of the GNU assembler and of the C preprocessor before it.
import { wordPattern } from './wordPattern.js';

/** A rule of a TextMate grammar. */
export interface Rule {
  readonly include?: string;
  readonly comment?: string;
  readonly name?: string;
  readonly contentName?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Rule[];
}
type Captures = Readonly<Record<string, { readonly name?: string; readonly patterns?: readonly Rule[] }>>;

/** What an architecture adds. */
export interface ArchitectureRules {
  /** Its assembler's own comments. */
  readonly comments?: readonly Rule[];
  /** Instructions by kind; each begins a statement. */
  readonly instructions: readonly Rule[];
  /** What stands among the operands of every instruction, macro and directive. */
  readonly operands: readonly Rule[];
}

const include = (name: string): Rule => ({ include: `#${name}` });
// The groups are atomic, (?>…): a name that can be divided in several ways would be tried in all of them.
/** A part of a name that a macro puts in: `\name`, `\@`, `\()`. */
const MACRO_ARGUMENT = String.raw`(?>\\(?:[A-Za-z_][\w$]*|@|\+|\(\)))`;
/** A symbol, possibly put together by a macro. */
const SYMBOL = String.raw`(?>(?:[A-Za-z_.$]|${MACRO_ARGUMENT})(?:[\w.$]|${MACRO_ARGUMENT})*)`;
/** No word begins in the middle of another. */
export const BEFORE_WORD = String.raw`(?<![\w.$\\])`;
/** A word ends here, and is no label. */
export const AFTER_WORD = String.raw`(?![\w.$\\]|\s*:(?![\w]))`;
/** Any of these words, in either case. */
export const exactly = (list: Iterable<string>): string => `(?i)${BEFORE_WORD}${wordPattern(list)}${AFTER_WORD}`;
/** The words of a list that is written as text. */
export const words = (text: string): readonly string[] => text.trim().split(/\s+/);
/** A statement ends with its line or at a semicolon. */
const END_OF_STATEMENT = '$|(?=;)';
/** A line of the preprocessor ends where no backslash continues it. */
const END_OF_LINE = String.raw`(?<!\\)(?=\n)`;
const WITH_MACRO_ARGUMENTS = [include('macro-arguments')];

/** A statement that begins with what `begin` matches and goes on with operands; `own` operands come before the common ones. */
export const statement = (begin: string, captures: Captures, own: readonly Rule[] = []): Rule => ({
  begin,
  beginCaptures: captures,
  end: END_OF_STATEMENT,
  patterns: [...own, include('operands')],
});

/** Instructions `list`, with what `own` says of their operands. */
export const instructions = (list: readonly string[], own: readonly Rule[] = []): readonly Rule[] =>
  list.length === 0
    ? []
    : [statement(`(?i)${BEFORE_WORD}(${wordPattern(list)})${AFTER_WORD}`, { 1: { name: 'keyword.other.mnemonic.asm' } }, own)];

/** Fails if a list in `file` has what the rows have by now, or needs what they do not have. */
export function compareWithRows(file: string, known: ReadonlySet<string>, byHand: readonly string[], needed: readonly string[]): void {
  const double = byHand.filter(mnemonic => known.has(mnemonic));
  const missing = needed.filter(mnemonic => !known.has(mnemonic));
  if (double.length > 0) throw new Error(`${file} lists what the rows have by now: ${double.join(' ')}`);
  if (missing.length > 0) throw new Error(`${file}: no row has ${missing.join(' ')}`);
}

const COMMENTS: readonly Rule[] = [
  {
    name: 'comment.block.asm',
    begin: String.raw`/\*`,
    beginCaptures: { 0: { name: 'punctuation.definition.comment.begin.asm' } },
    end: String.raw`\*/`,
    endCaptures: { 0: { name: 'punctuation.definition.comment.end.asm' } },
  },
  { name: 'comment.line.double-slash.asm', match: '(//).*$', captures: { 1: { name: 'punctuation.definition.comment.asm' } } },
];

const directive = (name: string): string => `keyword.control.directive.${name}.asm`;

/** Lines that begin with #. What is no directive of the preprocessor is a comment to the assembler. */
const PREPROCESSOR: readonly Rule[] = [
  {
    name: 'meta.preprocessor.include.asm',
    begin: String.raw`^\s*((#)\s*(?:include|include_next|import))\b`,
    beginCaptures: { 1: { name: directive('include') }, 2: { name: 'punctuation.definition.directive.asm' } },
    end: END_OF_LINE,
    patterns: [
      include('comments'),
      include('strings'),
      {
        name: 'string.quoted.other.lt-gt.include.asm',
        match: '(<)[^>]*(>)',
        captures: {
          1: { name: 'punctuation.definition.string.begin.asm' },
          2: { name: 'punctuation.definition.string.end.asm' },
        },
      },
      include('operands'),
    ],
  },
  {
    name: 'meta.preprocessor.define.asm',
    begin: String.raw`^\s*((#)\s*define)\s+([A-Za-z_]\w*)(?:(\()([^()]*)(\)))?`,
    beginCaptures: {
      1: { name: directive('define') },
      2: { name: 'punctuation.definition.directive.asm' },
      3: { name: 'entity.name.function.preprocessor.asm' },
      4: { name: 'punctuation.definition.parameters.begin.asm' },
      5: {
        patterns: [
          { name: 'variable.parameter.preprocessor.asm', match: String.raw`[A-Za-z_]\w*|\.\.\.` },
          { name: 'punctuation.separator.asm', match: ',' },
        ],
      },
      6: { name: 'punctuation.definition.parameters.end.asm' },
    },
    end: END_OF_LINE,
    patterns: [
      { name: 'variable.parameter.preprocessor.asm', match: String.raw`##?\s*[A-Za-z_]\w*` },
      { name: 'keyword.operator.preprocessor.asm', match: '##' },
      include('statements'),
      include('operands'),
    ],
  },
  {
    name: 'meta.preprocessor.message.asm',
    begin: String.raw`^\s*((#)\s*(?:error|warning|pragma))\b`,
    beginCaptures: { 1: { name: directive('message') }, 2: { name: 'punctuation.definition.directive.asm' } },
    end: END_OF_LINE,
    patterns: [include('continuation'), { name: 'string.unquoted.asm', match: String.raw`[^\s\\]+|\\(?!$)` }],
  },
  {
    name: 'meta.preprocessor.asm',
    begin: String.raw`^\s*((#)\s*(?:if|ifdef|ifndef|elif|elifdef|elifndef|else|endif|undef|line)\b|(#)\s*(?=\d+\s+"))`,
    beginCaptures: {
      1: { name: directive('conditional') },
      2: { name: 'punctuation.definition.directive.asm' },
      3: { name: 'punctuation.definition.directive.asm' },
    },
    end: END_OF_LINE,
    patterns: [{ name: 'keyword.operator.word.preprocessor.asm', match: String.raw`\bdefined\b` }, include('operands')],
  },
  { name: 'comment.line.number-sign.asm', match: String.raw`^\s*(#).*$`, captures: { 1: { name: 'punctuation.definition.comment.asm' } } },
];

const LABELS: readonly Rule[] = [
  {
    match: String.raw`${BEFORE_WORD}(\d+)(:)`,
    captures: { 1: { name: 'entity.name.label.local.asm' }, 2: { name: 'punctuation.separator.label.asm' } },
  },
  {
    match: String.raw`${BEFORE_WORD}(?:(\.L(?:[\w.$]|${MACRO_ARGUMENT})*)|(${SYMBOL}))\s*(:)`,
    captures: {
      1: { name: 'entity.name.label.local.asm', patterns: WITH_MACRO_ARGUMENTS },
      2: { name: 'entity.name.function.asm', patterns: WITH_MACRO_ARGUMENTS },
      3: { name: 'punctuation.separator.label.asm' },
    },
  },
];

/** Directives whose operands are more than symbols and numbers, and those that decide what is assembled. */
const DIRECTIVES: readonly Rule[] = [
  {
    name: 'meta.macro.asm',
    begin: String.raw`(?i)${BEFORE_WORD}(\.macro)\s+([A-Za-z_.$][\w.$]*)`,
    beginCaptures: { 1: { name: directive('macro') }, 2: { name: 'entity.name.function.macro.asm' } },
    end: END_OF_STATEMENT,
    patterns: [
      { match: '(:)(req|vararg)\\b', captures: { 1: { name: 'punctuation.separator.asm' }, 2: { name: 'storage.modifier.asm' } } },
      {
        match: String.raw`(=)([^\s,"]+)`,
        captures: { 1: { name: 'keyword.operator.assignment.asm' }, 2: { patterns: [include('operands')] } },
      },
      { name: 'variable.parameter.macro.asm', match: String.raw`[A-Za-z_.$][\w.$]*` },
      include('operands'),
    ],
  },
  {
    begin: String.raw`(?i)${BEFORE_WORD}(\.irpc?)\s+([A-Za-z_.$][\w.$]*)`,
    beginCaptures: { 1: { name: directive('repeat') }, 2: { name: 'variable.parameter.macro.asm' } },
    end: END_OF_STATEMENT,
    patterns: [include('operands')],
  },
  statement(String.raw`(?i)${BEFORE_WORD}(\.(?:endm|exitm|purgem|altmacro|noaltmacro|local))${AFTER_WORD}`, {
    1: { name: directive('macro') },
  }),
  statement(String.raw`(?i)${BEFORE_WORD}(\.(?:rept|endr|irpc?))${AFTER_WORD}`, { 1: { name: directive('repeat') } }),
  statement(String.raw`(?i)${BEFORE_WORD}(\.(?:if[a-z]*|else|elseif|endif|end|err|error|warning|print|fail))${AFTER_WORD}`, {
    1: { name: directive('conditional') },
  }),
  statement(String.raw`(?i)${BEFORE_WORD}(\.(?:include|incbin))${AFTER_WORD}`, { 1: { name: directive('include') } }),
  statement(String.raw`(?i)${BEFORE_WORD}(\.(?:section|pushsection))\s+(?:([A-Za-z_.$][\w.$-]*)|(?="|\\))`, {
    1: { name: 'storage.type.directive.asm' },
    2: { name: 'entity.name.section.asm' },
  }),
  statement(String.raw`(?i)${BEFORE_WORD}(\.(?:arch|cpu|arch_extension|fpu|machine))\s+([\w.+-]+)`, {
    1: { name: 'storage.type.directive.asm' },
    2: { name: 'support.constant.architecture.asm' },
  }),
  statement(String.raw`(?i)${BEFORE_WORD}(\.cfi_[a-z_]+)${AFTER_WORD}`, { 1: { name: 'storage.type.directive.cfi.asm' } }),
  statement(String.raw`${BEFORE_WORD}(\.[A-Za-z_][\w.]*)${AFTER_WORD}`, { 1: { name: 'storage.type.directive.asm' } }),
];

/** Statements that begin with a symbol of the program's. */
const SYMBOL_STATEMENTS: readonly Rule[] = [
  statement(String.raw`${BEFORE_WORD}(${SYMBOL})\s*(==?)(?!=)`, {
    1: { name: 'variable.other.constant.symbol.asm', patterns: WITH_MACRO_ARGUMENTS },
    2: { name: 'keyword.operator.assignment.asm' },
  }),
  statement(String.raw`(?i)${BEFORE_WORD}(${SYMBOL})\s+(\.req)\b`, {
    1: { name: 'variable.parameter.register.alias.asm', patterns: WITH_MACRO_ARGUMENTS },
    2: { name: 'storage.type.directive.asm' },
  }),
  statement(`${BEFORE_WORD}(${SYMBOL})`, { 1: { name: 'support.function.macro.asm', patterns: WITH_MACRO_ARGUMENTS } }, [
    {
      match: String.raw`${BEFORE_WORD}([A-Za-z_$][\w$]*)(=)(?!=)`,
      captures: { 1: { name: 'variable.parameter.macro.asm' }, 2: { name: 'keyword.operator.assignment.asm' } },
    },
  ]),
];

const STRINGS: readonly Rule[] = [
  {
    name: 'string.quoted.double.asm',
    begin: '"',
    beginCaptures: { 0: { name: 'punctuation.definition.string.begin.asm' } },
    end: '"|$',
    endCaptures: { 0: { name: 'punctuation.definition.string.end.asm' } },
    patterns: [
      { name: 'constant.character.escape.asm', match: String.raw`\\(?:[0-7]{1,3}|[xX][0-9A-Fa-f]+|[bfnrt"\\])` },
      include('macro-arguments'),
    ],
  },
  { name: 'constant.character.asm', match: String.raw`'(?:\\.|[^\\\s])'?` },
];

/** Numbers as the assembler reads them, and references to local labels, which begin like one. */
const NUMBERS: readonly Rule[] = [
  { name: 'constant.numeric.hexadecimal.asm', match: String.raw`(?i)${BEFORE_WORD}0x[0-9a-f]+(?:u?l{0,2})\b` },
  { name: 'constant.numeric.binary.asm', match: String.raw`(?i)${BEFORE_WORD}0b[01]+\b` },
  { name: 'constant.numeric.float.asm', match: String.raw`(?i)${BEFORE_WORD}(?:0[dfr][+-]?)?\d+(?:\.\d+(?:e[+-]?\d+)?|e[+-]?\d+)\b` },
  { name: 'entity.name.label.local.reference.asm', match: String.raw`${BEFORE_WORD}\d+[fb]\b` },
  { name: 'constant.numeric.octal.asm', match: String.raw`${BEFORE_WORD}0[0-7]+\b` },
  { name: 'constant.numeric.decimal.asm', match: String.raw`(?i)${BEFORE_WORD}\d+(?:u?l{0,2})\b` },
  { name: 'invalid.illegal.number.asm', match: String.raw`${BEFORE_WORD}\d\w*` },
];

const MACRO_ARGUMENTS: readonly Rule[] = [
  { name: 'variable.parameter.macro.asm', match: String.raw`\\(?:[A-Za-z_][\w$]*|@|\+)` },
  { name: 'punctuation.separator.macro.asm', match: String.raw`\\\(\)` },
];

/** What is left of the operands when the architecture has taken its registers and words. */
const COMMON_OPERANDS: readonly Rule[] = [
  include('macro-arguments'),
  include('numbers'),
  { name: 'support.constant.type.asm', match: String.raw`[%@][A-Za-z_]\w*` },
  { name: 'variable.language.location-counter.asm', match: String.raw`${BEFORE_WORD}\.(?![\w.$])` },
  { name: 'entity.name.label.local.reference.asm', match: String.raw`${BEFORE_WORD}\.L[\w.$]*` },
  { name: 'support.other.symbol.asm', match: String.raw`[A-Za-z_.$][\w.$]*` },
  { name: 'keyword.operator.asm', match: String.raw`<<|>>|<=|>=|<>|==|!=|&&|\|\||[-+*/%&|^~!<>=]` },
  { name: 'punctuation.section.brackets.asm', match: String.raw`[\[\]]` },
  { name: 'punctuation.section.parentheses.asm', match: '[()]' },
  { name: 'punctuation.section.braces.asm', match: '[{}]' },
  { name: 'punctuation.separator.asm', match: '[,:?]' },
  { name: 'punctuation.definition.immediate.asm', match: '#' },
];

/** A grammar for the assembly of one architecture. */
export function gnuAssemblyGrammar(name: string, scopeName: string, { comments = [], instructions, operands }: ArchitectureRules) {
  return {
    name,
    scopeName,
    patterns: [include('preprocessor'), include('statements')],
    repository: {
      comments: { patterns: [...COMMENTS, ...comments] },
      preprocessor: { patterns: PREPROCESSOR },
      statements: {
        patterns: [
          include('comments'),
          include('continuation'),
          { name: 'punctuation.terminator.statement.asm', match: ';' },
          include('labels'),
          include('instructions'),
          include('directives'),
          include('symbol-statements'),
        ],
      },
      continuation: { patterns: [{ name: 'punctuation.separator.continuation.asm', match: String.raw`\\$` }] },
      labels: { patterns: LABELS },
      instructions: { patterns: instructions },
      directives: { patterns: DIRECTIVES },
      'symbol-statements': { patterns: SYMBOL_STATEMENTS },
      operands: { patterns: [include('comments'), include('continuation'), include('strings'), ...operands, ...COMMON_OPERANDS] },
      strings: { patterns: STRINGS },
      numbers: { patterns: NUMBERS },
      'macro-arguments': { patterns: MACRO_ARGUMENTS },
    },
  };
}
