// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../base/index.js';
import { LAUNCH_SETTINGS, nearestName, type Setting, type SettingName } from '../dap/index.js';

/** An option: the launch attribute that it sets, or what only the command line has. */
type Option =
  | { readonly kind: 'setting'; readonly setting: SettingName; readonly value: string }
  | { readonly kind: 'flag'; readonly help: string }
  | { readonly kind: 'value'; readonly value: string; readonly help: string };

const setting = (name: SettingName, value: string): Option => ({ kind: 'setting', setting: name, value });

// biome-ignore format: a table
const MACHINE_OPTIONS: Readonly<Record<string, Option>> = {
  machine:            setting('machine', 'virt|pseries|ppce500'),
  cpu:                setting('cpu', 'NAME'),
  smp:                setting('smp', 'N'),
  memory:             setting('memory', '512M'),
  initrd:             setting('initrd', 'FILE'),
  append:             setting('append', 'TEXT'),
  dtb:                setting('dtb', 'FILE'),
  firmware:           setting('firmware', 'FILE'),
  kvm:                setting('kvm', 'hv|pr'),
  fidelity:           setting('fidelity', 'exact|kernel'),
  'load-address':     setting('loadAddress', 'ADDRESS'),
  'max-instructions': setting('maximumInstructions', 'N'),
  stats:              { kind: 'flag', help: 'At the end, one JSON line on stderr: instructions, seconds, exits.' },
  trace:              { kind: 'value', value: 'kvm', help: 'Each KVM call and exit on stderr, in the kernel\'s words.' },
};

/** A command with its options. */
interface Command {
  readonly usage: string;
  readonly help: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly operands: number;
}

// biome-ignore format: a table
export const COMMANDS = {
  run:   { usage: 'run [options] IMAGE', operands: 1, options: MACHINE_OPTIONS,
           help: 'Runs a guest until it powers off: its console on stdout, stdin to the guest.' },
  dap:   { usage: 'dap [--port N]', operands: 0, options: { port: { kind: 'value', value: 'N', help: 'Serve clients on 127.0.0.1:N instead of stdio; 0 takes a free port.' } },
           help: 'Serves the Debug Adapter Protocol on stdio.' },
  debug: { usage: 'debug [options] IMAGE --script FILE', operands: 1,
           options: { ...MACHINE_OPTIONS, script: { kind: 'value', value: 'FILE', help: 'The session, a statement a line; docs/scripts.md has them.' },
                    symbolic: { kind: 'flag', help: 'Addresses of the program by name only, for transcripts that are compared.' } },
           help: 'Plays a debug session from a script and prints its transcript.' },
  demo:  { usage: 'demo', operands: 0, options: {},
           help: 'Shows a breakpoint, a step and a watchpoint on a bundled guest, and the mechanisms behind them.' },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;

/** What was typed, checked against the table. */
export interface Invocation {
  readonly command: CommandName;
  readonly operands: readonly string[];
  /** Launch attributes that options set, in the form of a launch configuration. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Options that only the command line has; a flag's value is empty. */
  readonly options: Readonly<Record<string, string>>;
}

/** Reads the words after `steptrap`. A refusal is one sentence. */
export function parseCommandLine(
  words: readonly string[],
): Result<Invocation | { readonly command: 'version' } | { readonly command: 'help'; readonly about: CommandName | undefined }> {
  const [first, ...rest] = words;
  if (first === '--version' || first === '-V') return success({ command: 'version' });
  if (first === undefined) return failure('usage', `Say what to do: ${Object.keys(COMMANDS).join(', ')}; "steptrap --help" explains them.`);
  if (first === '--help' || first === '-h' || first === 'help')
    return success({ command: 'help', about: isCommand(rest[0]) ? rest[0] : undefined });
  if (!isCommand(first)) return failure('usage', unknown('command', first, Object.keys(COMMANDS)));
  if (rest.includes('--help') || rest.includes('-h')) return success({ command: 'help', about: first });
  return parseOptions(first, rest);
}

const isCommand = (word: string | undefined): word is CommandName => word !== undefined && Object.hasOwn(COMMANDS, word);

function unknown(what: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined
    ? `The ${what} "${name}" is not known; there are ${known.join(', ')}.`
    : `The ${what} "${name}" is not known; did you mean "${nearest}"?`;
}

function parseOptions(command: CommandName, words: readonly string[]): Result<Invocation> {
  const row: Command = COMMANDS[command];
  const operands: string[] = [];
  const settings: Record<string, unknown> = {};
  const options: Record<string, string> = {};
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (!word.startsWith('--') || word === '--') {
      if (word !== '--') operands.push(word);
      continue;
    }
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    const option = Object.hasOwn(row.options, name) ? row.options[name] : undefined;
    if (option === undefined)
      return failure(
        'usage',
        unknown(
          'option',
          `--${name}`,
          Object.keys(row.options).map(each => `--${each}`),
        ),
      );
    if (option.kind === 'flag') {
      options[name] = '';
      continue;
    }
    const value = equals < 0 ? words[++index] : word.slice(equals + 1);
    if (value === undefined) return failure('usage', `The option --${name} needs a value (${option.value}).`);
    if (option.kind === 'setting') settings[option.setting] = settingValue(option.setting, value);
    else options[name] = value;
  }
  if (operands.length < row.operands) return failure('usage', `The command "${command}" needs an IMAGE: ${row.usage}.`);
  if (operands.length > row.operands) return failure('usage', `"${operands[row.operands]}" is one operand too many for "${command}".`);
  if (options['trace'] !== undefined && options['trace'] !== 'kvm')
    return failure('usage', `The option --trace takes kvm, not "${options['trace']}".`);
  if (command === 'debug' && options['script'] === undefined) return failure('usage', 'The command "debug" needs --script FILE.');
  return success({ command, operands, settings, options });
}

/** Numbers become numbers, so that the launch table checks one form. */
function settingValue(name: SettingName, value: string): unknown {
  const row: Setting = LAUNCH_SETTINGS[name];
  return row.kind === 'count' && /^\d{1,16}$/.test(value) ? Number(value) : value;
}

/** The help of one command, or of all. */
export function helpText(about: CommandName | undefined): string {
  if (about === undefined) {
    const width = Math.max(...Object.values(COMMANDS).map(command => command.usage.length));
    const rows = Object.values(COMMANDS).map(command => `  steptrap ${command.usage.padEnd(width)}  ${command.help}`);
    return [
      'Debug ARM64 and POWER guests by the mechanisms of KVM, in an embedded emulated KVM.',
      '',
      ...rows,
      '',
      'steptrap COMMAND --help lists the options of a command; steptrap --version prints the version.',
    ].join('\n');
  }
  const command: Command = COMMANDS[about];
  const rows = Object.entries(command.options).map(([name, option]) => {
    const left = option.kind === 'flag' ? `--${name}` : `--${name} ${option.value}`;
    const help = option.kind === 'setting' ? LAUNCH_SETTINGS[option.setting].description : option.help;
    return `  ${left.padEnd(32)}${help}`;
  });
  return [`steptrap ${command.usage}`, command.help, ...(rows.length > 0 ? ['', ...rows] : [])].join('\n');
}
