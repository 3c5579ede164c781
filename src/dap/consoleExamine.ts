// SPDX-License-Identifier: MIT
import { hex, virtualAddress } from '../base/index.js';
import type { ValueFormat } from '../debug/index.js';
import { type CommandPlace, vcpuOf } from './consoleCommand.js';
import { type Reply, refuse, reply } from './errors.js';

/** gdb's format letters for `print`. */
const PRINT_FORMATS: Readonly<Record<string, ValueFormat>> = {
  x: 'hexadecimal',
  z: 'hexadecimal',
  a: 'hexadecimal',
  d: 'decimal',
  u: 'decimal',
  t: 'binary',
  o: 'octal',
  c: 'character',
  s: 'string',
};

/** gdb's size letters for `x`: bytes, halfwords, words, giant words. */
const SIZES: Readonly<Record<string, number>> = { b: 1, h: 2, w: 4, g: 8 };

/** The most units that one `x` shows, and the longest string. */
const MOST_UNITS = 1000;
const LONGEST_STRING = 200;

/** `print/FORMAT EXPRESSION`. */
export function printExpression(where: CommandPlace, argument: string, letters: string): Reply<string> {
  const format = letters === '' ? 'natural' : PRINT_FORMATS[letters];
  if (format === undefined)
    return refuse('unknownCommand', `"${letters}" is not a format; there are ${Object.keys(PRINT_FORMATS).join(' ')}.`);
  if (argument === '') return refuse('unknownCommand', 'print needs an expression.');
  const value = where.guest.target.evaluate(argument, where.place);
  return value.ok ? reply(value.value.text(format)) : refuse('cannotEvaluate', value.error.message);
}

/** `x/8i $pc`, `x/4xw &counter`, `x/s text`. */
export function examine(where: CommandPlace, argument: string, letters: string): Reply<string> {
  const parsed = /^(\d{0,6})([a-z]*)$/.exec(letters);
  const count = parsed?.[1] === undefined || parsed[1] === '' ? 1 : Number(parsed[1]);
  const letterList = [...(parsed?.[2] ?? '')];
  const format = letterList.find(letter => 'xduotcsia'.includes(letter)) ?? 'x';
  const size = SIZES[letterList.find(letter => letter in SIZES) ?? ''] ?? (format === 'c' ? 1 : format === 'a' ? 8 : 4);
  const unknown = letterList.find(letter => !'xduotcsia'.includes(letter) && !(letter in SIZES));
  if (unknown !== undefined) return refuse('unknownCommand', `"${unknown}" is neither a format (x d u o t c s i a) nor a size (b h w g).`);
  if (count < 1 || count > MOST_UNITS) return refuse('unknownCommand', `${count} units cannot be shown at once; 1 to ${MOST_UNITS} can.`);
  const address = addressOf(where, argument === '' ? '$pc' : argument);
  if (!address.ok) return address;
  if (format === 'i') return reply(instructions(where, address.value, count));
  return format === 's' ? strings(where, address.value, count) : units(where, address.value, count, format, size);
}

function addressOf(where: CommandPlace, expression: string): Reply<bigint> {
  const value = where.guest.target.evaluate(expression, where.place);
  if (!value.ok) return refuse('cannotEvaluate', value.error.message);
  // What has children (an array, a structure) is examined where it lies; a number is the address itself.
  const address = value.value.number ?? value.value.address ?? value.value.memoryReference;
  return address === undefined ? refuse('cannotEvaluate', `"${expression}" is not an address.`) : reply(address);
}

function instructions(where: CommandPlace, address: bigint, count: number): string {
  const pc = where.guest.target.vcpus()[vcpuOf(where)]?.pc;
  return where.guest.target
    .disassemble(vcpuOf(where), { address: virtualAddress(address), count })
    .map(row => `${row.address === pc ? '=>' : '  '} ${hex(row.address)}  ${row.text}`)
    .join('\n');
}

function strings(where: CommandPlace, address: bigint, count: number): Reply<string> {
  const lines: string[] = [];
  let at = address;
  for (let index = 0; index < count; index++) {
    const bytes = where.guest.target.readMemory(vcpuOf(where), virtualAddress(at), LONGEST_STRING);
    if (bytes.length === 0) return refuse('memoryRefused', `Memory at ${hex(at)} cannot be read.`);
    const end = bytes.indexOf(0);
    const text = new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
    lines.push(`${hex(at)}  ${JSON.stringify(text)}${end < 0 ? '…' : ''}`);
    at = BigInt.asUintN(64, at + BigInt(end < 0 ? bytes.length : end + 1));
  }
  return reply(lines.join('\n'));
}

/** Bytes of one printed line, as gdb has them. */
const LINE_BYTES = 16;

function units(where: CommandPlace, address: bigint, count: number, format: string, size: number): Reply<string> {
  const bytes = where.guest.target.readMemory(vcpuOf(where), virtualAddress(address), count * size);
  if (bytes.length < count * size)
    return refuse('memoryRefused', `Memory at ${hex(BigInt.asUintN(64, address + BigInt(bytes.length)))} cannot be read.`);
  const perLine = Math.max(1, LINE_BYTES / size);
  const lines: string[] = [];
  for (let first = 0; first < count; first += perLine) {
    const words: string[] = [];
    for (let index = first; index < Math.min(count, first + perLine); index++)
      words.push(unit(where, littleEndian(bytes, index * size, size), format, size));
    const here = virtualAddress(address + BigInt(first * size));
    lines.push(`${hex(here)} ${where.guest.target.describeAddress(here) ?? ''}:  ${words.join('  ')}`.replace(' :', ':'));
  }
  return reply(lines.join('\n'));
}

function littleEndian(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let index = size - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[at + index] ?? 0);
  return value;
}

function unit(where: CommandPlace, value: bigint, format: string, size: number): string {
  switch (format) {
    case 'd':
      return BigInt.asIntN(size * 8, value).toString();
    case 'u':
      return value.toString();
    case 'o':
      return `0${value.toString(8)}`;
    case 't':
      return value.toString(2).padStart(size * 8, '0');
    case 'c':
      return `${BigInt.asIntN(8, value)} ${JSON.stringify(String.fromCharCode(Number(value & 0xffn)))}`;
    case 'a':
      return `${hex(value)} ${where.guest.target.describeAddress(virtualAddress(value)) ?? ''}`.trimEnd();
    default:
      return hex(value, size * 2);
  }
}
