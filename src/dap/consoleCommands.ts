// SPDX-License-Identifier: MIT
import { hex, virtualAddress } from '../base/index.js';
import { REGISTER_GROUPS, type RegisterView, SCHEDULER_LOCKING_MODES } from '../debug/index.js';
import { breakCommand, deleteCommand, infoScope } from './consoleBreakpoints.js';
import { type CommandPlace, type ConsoleCommand, vcpuOf } from './consoleCommand.js';
import { examine, printExpression } from './consoleExamine.js';
import { breakpointPlace, debugRegisterRows } from './debugRegisterRows.js';
import { debugRegistersBody } from './debugRegistersBody.js';
import { type Reply, refuse, reply } from './errors.js';
import { resume } from './executionRequests.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { stepAnatomyRows } from './stepAnatomyRows.js';
import { stepAnatomyBody } from './stepRequests.js';

const UNTIL = ['branch', 'call', 'return', 'exception'] as const;

/** The most frames that `bt` prints without a number. */
const BACKTRACE_FRAMES = 50;

// biome-ignore format: a table
const COMMANDS: readonly ConsoleCommand[] = [
  { names: ['info registers', 'info reg', 'i r'], usage: 'info registers [NAME…]', help: 'Shows the general registers, or those named (with their bit-fields).', run: (where, argument) => infoRegisters(where, argument) },
  { names: ['info breakpoints', 'info break', 'i b'], usage: 'info breakpoints', help: 'Lists the breakpoints with mechanism, place and hit count.', run: ({ guest }) => reply(infoBreakpoints(guest)) },
  { names: ['info locals'], usage: 'info locals', help: 'Shows the local variables of the frame.', run: where => infoScope(where, 'locals') },
  { names: ['info args'], usage: 'info args', help: 'Shows the arguments of the frame.', run: where => infoScope(where, 'arguments') },
  { names: ['info exception'], usage: 'info exception', help: 'Shows what the exception at whose vector the vCPU stands says.', run: where => infoException(where) },
  { names: ['break', 'b', 'br'], usage: 'break [LOCATION] [if CONDITION]', help: 'Sets a breakpoint: symbol, file.c:12, *address.', run: (where, argument) => breakCommand(where, argument, false) },
  { names: ['tbreak', 'tb'], usage: 'tbreak [LOCATION] [if CONDITION]', help: 'Sets a breakpoint that goes with its first stop.', run: (where, argument) => breakCommand(where, argument, true) },
  { names: ['delete', 'd'], usage: 'delete [NUMBER]', help: 'Deletes a breakpoint of the console, or all of them.', run: deleteCommand },
  { names: ['info line'], usage: 'info line [LOCATION]', help: 'Shows the address and the source line of a location.', run: (where, argument) => infoLine(where, argument) },
  { names: ['info symbol'], usage: 'info symbol EXPRESSION', help: 'Shows which symbol owns an address.', run: (where, argument) => infoSymbol(where, argument) },
  { names: ['info threads'], usage: 'info threads', help: 'Lists the vCPUs.', run: ({ guest }) => reply(guest.target.vcpus().map(vcpu => `${vcpu.index + 1}  ${vcpu.name}  ${hex(vcpu.pc)} ${vcpu.function ?? ''}`.trimEnd()).join('\n')) },
  { names: ['info input', 'monitor input'], usage: 'info input', help: 'Lists the console input that the guest got, each with the number of instructions retired before it.', run: ({ guest }) => reply(infoInput(guest)) },
  { names: ['info debug', 'monitor debug'], usage: 'info debug', help: 'Shows the debug register slots with owner and the breakpoint behind each.', run: where => reply(infoDebug(where)) },
  { names: ['monitor anatomy'], usage: 'monitor anatomy', help: 'Shows how the last step was made.', run: where => reply(anatomyText(where.guest, vcpuOf(where))) },
  { names: ['monitor kvm'], usage: 'monitor kvm [COUNT]', help: 'Shows the last lines of the log of KVM calls and exits.', run: (where, argument) => kvmTail(where, argument) },
  { names: ['backtrace', 'bt', 'where'], usage: 'backtrace [COUNT]', help: 'Shows the stack.', run: (where, argument) => backtrace(where, argument) },
  { names: ['x'], usage: 'x/COUNT FORMAT SIZE ADDRESS', help: 'Examines memory: formats x d u o t c s i a, sizes b h w g; x/8i $pc disassembles.', run: examine },
  { names: ['print', 'p', 'inspect', 'output'], usage: 'print/FORMAT EXPRESSION', help: 'Evaluates an expression; formats x d u o t c s.', run: printExpression },
  { names: ['stepi', 'si'], usage: 'stepi', help: 'Steps one instruction.', run: where => stepCommand(where, 'into', 'instruction') },
  { names: ['nexti', 'ni'], usage: 'nexti', help: 'Steps one instruction, over calls.', run: where => stepCommand(where, 'over', 'instruction') },
  { names: ['step', 's'], usage: 'step', help: 'Steps to the next line, into functions.', run: where => stepCommand(where, 'into', 'statement') },
  { names: ['next', 'n'], usage: 'next', help: 'Steps to the next line, over functions.', run: where => stepCommand(where, 'over', 'statement') },
  { names: ['finish'], usage: 'finish', help: 'Runs until the function returns.', run: where => stepCommand(where, 'out', 'statement') },
  { names: ['continue', 'c'], usage: 'continue', help: 'Lets the guest run.', run: where => running(where, resume(where.session, where.guest, execution => execution.resume(vcpuOf(where)))) },
  { names: ['stepuntil', 'su'], usage: 'stepuntil branch|call|return|exception', help: 'Steps to the next instruction of that kind, before it runs, or to the next exception.', words: UNTIL, run: (where, argument) => stepUntilCommand(where, argument) },
  { names: ['until', 'advance'], usage: 'until LOCATION', help: 'Runs to a location: symbol, file.c:12, *address.', run: (where, argument) => untilCommand(where, argument) },
  { names: ['set scheduler-locking', 'show scheduler-locking'], usage: 'set scheduler-locking [off|on|step|replay]', help: 'Chooses which vCPUs run while one is resumed or stepped; without a mode, tells it.', run: (where, argument) => schedulerLocking(where, argument) },
  { names: ['help', 'h'], usage: 'help [COMMAND]', help: 'Lists the commands. Everything else is a C expression with $registers.', run: (_where, argument) => reply(helpText(argument)) },
];

/** Names that are also likely to be variables of the program: these are commands only if no such variable is in scope. */
const SHORT_NAME = /^[a-z]$/;

/**
 * Runs `line` if it is a command: what it prints, or why it could not. `undefined` if the line is no
 * command and so an expression.
 */
export function runCommand(where: CommandPlace, line: string): Reply<string> | undefined {
  const typed = line.trim().replace(/\s+/g, ' ');
  for (const command of COMMANDS) {
    for (const name of command.names) {
      const match = matchCommand(typed, name);
      if (match === undefined) continue;
      if (SHORT_NAME.test(name) && match.letters === '' && match.argument === '' && where.guest.target.evaluate(name, where.place).ok)
        continue;
      // `p = 3` and `x + 1` are expressions on a variable of that name.
      if (/^(=|[-+*/%&|^<>]=?|\.|->|\[)(?![\w$(*&])/.test(match.argument) || /^(=|==|\.|->|\[)/.test(match.argument)) continue;
      if (where.guest.run.isRunning) return refuse('notStopped', `The guest is running; pause it before "${command.names[0]}".`);
      return command.run(where, match.argument, match.letters);
    }
  }
  const unknown = /^(info|monitor)( \S*)?/.exec(typed);
  return unknown === null ? undefined : refuse('unknownCommand', `"${unknown[0]}" is not a command; "help" lists them.`);
}

function matchCommand(typed: string, name: string): { readonly argument: string; readonly letters: string } | undefined {
  if (typed === name) return { argument: '', letters: '' };
  if (typed.startsWith(`${name} `)) return { argument: typed.slice(name.length + 1), letters: '' };
  const withLetters = typed.startsWith(`${name}/`) ? /^\/(\d*[a-z]*)(?: (.*))?$/.exec(typed.slice(name.length)) : null;
  return withLetters === null ? undefined : { letters: withLetters[1] ?? '', argument: withLetters[2] ?? '' };
}

/** What completes the last word of `typed`, if it is the beginning of a command. */
export function commandCompletions(typed: string): readonly string[] {
  const line = typed.trimStart();
  if (line === '') return [];
  const found = new Set<string>();
  for (const command of COMMANDS) {
    const [name = ''] = command.names;
    if (name.startsWith(line) && name !== line) found.add(line.includes(' ') ? name.slice(line.lastIndexOf(' ') + 1) : name);
  }
  return [...found];
}

function helpText(argument: string): string {
  const wanted = argument === '' ? COMMANDS : COMMANDS.filter(command => command.names.some(name => name.startsWith(argument)));
  const width = Math.max(0, ...wanted.map(command => command.usage.length));
  if (wanted.length === 0) return `There is no command "${argument}".`;
  return wanted.map(command => `${command.usage.padEnd(width)}  ${command.help}`).join('\n');
}

function running(where: CommandPlace, asked: Reply<undefined>): Reply<string> {
  if (!asked.ok) return asked;
  where.session.afterAnswer(() => undefined);
  where.session.send('continued', { threadId: vcpuOf(where) + 1, allThreadsContinued: true });
  return reply('');
}

const stepCommand = (where: CommandPlace, kind: 'into' | 'over' | 'out', granularity: 'statement' | 'instruction'): Reply<string> =>
  running(
    where,
    resume(where.session, where.guest, execution => execution.step({ vcpu: vcpuOf(where), kind, granularity })),
  );

function stepUntilCommand(where: CommandPlace, argument: string): Reply<string> {
  const until = UNTIL.find(word => word === argument);
  if (until === undefined) return refuse('unknownCommand', `stepuntil needs one of ${UNTIL.join(', ')}.`);
  const step = { vcpu: vcpuOf(where), kind: 'over', granularity: 'instruction', stepsExclusivesAsOne: true, until } as const;
  return running(
    where,
    resume(where.session, where.guest, execution => execution.step(step)),
  );
}

function untilCommand(where: CommandPlace, argument: string): Reply<string> {
  const address = where.guest.target.resolveStop(argument, vcpuOf(where));
  if (!address.ok) return refuse('cannotEvaluate', address.error.message);
  return running(
    where,
    resume(where.session, where.guest, execution => execution.runTo(vcpuOf(where), address.value)),
  );
}

function schedulerLocking({ session, guest }: CommandPlace, argument: string): Reply<string> {
  const { execution } = guest.target;
  if (argument !== '') {
    const mode = SCHEDULER_LOCKING_MODES.find(known => known === argument);
    if (mode === undefined)
      return refuse('unknownCommand', `Scheduler locking is ${SCHEDULER_LOCKING_MODES.join(', ')}, not "${argument}".`);
    execution.schedulerLocking = mode;
    session.afterAnswer(() => session.send('steptrap/vcpusChanged', {}));
  }
  return reply(`Scheduler locking is ${execution.schedulerLocking}.`);
}

function infoRegisters(where: CommandPlace, argument: string): Reply<string> {
  const { target } = where.guest;
  const line = (register: RegisterView): string => {
    const digits = hex(register.value, register.bits / 4);
    return `${register.name.padEnd(16)}${register.text}${register.text === digits ? `  ${register.value}` : ''}`;
  };
  if (argument === '') return reply(target.registers(vcpuOf(where), 'General').map(line).join('\n'));
  const all = REGISTER_GROUPS.flatMap(group => target.registers(vcpuOf(where), group));
  const lines: string[] = [];
  for (const wanted of argument.split(' ').map(name => name.replace(/^\$/, '').toLowerCase())) {
    const register = all.find(each => each.name === wanted);
    if (register === undefined) return refuse('cannotEvaluate', `This vCPU has no register "${wanted}".`);
    lines.push(line(register), ...register.fields.map(field => `  ${field.name} [${field.bits}] = ${field.meaning ?? hex(field.value)}`));
  }
  return reply(lines.join('\n'));
}

function infoInput({ target }: LaunchedGuest): string {
  const lines = target.consoleInput.map(
    ({ retiredInstructions, bytes }) => `${retiredInstructions}  ${JSON.stringify(String.fromCharCode(...bytes))}`,
  );
  return lines.join('\n') || 'There has been no input.';
}

function infoBreakpoints({ target, paths }: LaunchedGuest): string {
  const all = target.breakpoints.list();
  if (all.length === 0) return 'There are no breakpoints.';
  return all
    .map(each => {
      const place = each.path === undefined ? ` ${each.name}` : ` ${paths.toClient(each.path)}:${each.line ?? 0}`;
      const address = each.address === undefined ? '' : ` ${hex(each.address)}`;
      return `${each.id}  ${each.mode ?? 'pending'}${address}${place}  hits ${target.breakpoints.hitCount(each.id)}${each.message === undefined ? '' : `  ${each.message}`}`;
    })
    .join('\n');
}

function infoLine(where: CommandPlace, argument: string): Reply<string> {
  const { target } = where.guest;
  const address = target.resolveLocation(argument === '' ? '*$pc' : argument, vcpuOf(where));
  if (!address.ok) return refuse('cannotEvaluate', address.error.message);
  const [row] = target.disassemble(vcpuOf(where), { address: address.value, count: 1 });
  const position = row?.path === undefined ? 'no line information' : `${where.guest.paths.toClient(row.path)}:${row.line ?? 0}`;
  return reply(`${hex(address.value)} ${target.describeAddress(address.value) ?? ''} ${position}`.replace(/ {2,}/g, ' '));
}

function infoException(where: CommandPlace): Reply<string> {
  const exception = where.guest.target.exception(vcpuOf(where));
  if (exception === undefined) return refuse('notStopped', `vCPU ${vcpuOf(where)} does not stand at a vector.`);
  return reply([exception.sentence, ...exception.lines].join('\n'));
}

function infoSymbol(where: CommandPlace, argument: string): Reply<string> {
  const value = where.guest.target.evaluate(argument, where.place);
  if (!value.ok) return refuse('cannotEvaluate', value.error.message);
  const address = value.value.number ?? value.value.address;
  if (address === undefined) return refuse('cannotEvaluate', `"${argument}" is not an address.`);
  return reply(where.guest.target.describeAddress(virtualAddress(address)) ?? `No symbol owns ${hex(address)}.`);
}

function infoDebug(where: CommandPlace): string {
  const body = debugRegistersBody(where.guest, where.guest.target.debugRegisters(vcpuOf(where)));
  return debugRegisterRows(body, { named: text => text, place: breakpointPlace }).join('\n');
}

/** How the last step of a vCPU was made, a line an action. */
const anatomyText = (guest: LaunchedGuest, vcpu: number): string =>
  stepAnatomyRows(stepAnatomyBody(guest, guest.target.stepAnatomy(vcpu))).join('\n');

function kvmTail(where: CommandPlace, argument: string): Reply<string> {
  const count = argument === '' ? 20 : Number(argument);
  if (!Number.isSafeInteger(count) || count < 1 || count > 1000)
    return refuse('unknownCommand', `"${argument}" is not a count from 1 to 1000.`);
  const { kvmTrace } = where.guest.target;
  const lines = kvmTrace.read(Math.max(0, kvmTrace.end - count), count);
  return reply(lines.map(line => `${line.number}  ${line.text}`).join('\n') || 'The log is empty.');
}

function backtrace(where: CommandPlace, argument: string): Reply<string> {
  const count = argument === '' ? BACKTRACE_FRAMES : Number(argument);
  if (!Number.isSafeInteger(count) || count < 1 || count > 1000)
    return refuse('unknownCommand', `"${argument}" is not a count from 1 to 1000.`);
  const trace = where.guest.target.stack(vcpuOf(where), 0, count);
  const lines = trace.frames.map(frame => {
    const place = frame.position === undefined ? '' : ` at ${frame.position.file.path}:${frame.position.line}`;
    return `#${String(frame.level).padEnd(3)}${hex(frame.pc, 16)} in ${frame.name}${place}`;
  });
  return reply([...lines, ...(trace.hasMore ? ['(more frames follow)'] : trace.problem === undefined ? [] : [trace.problem])].join('\n'));
}
