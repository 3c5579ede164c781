// SPDX-License-Identifier: MIT
import { hex, virtualAddress } from '../../../base/index.js';
import { DSISR, decode, FACILITY_CAUSE, FSCR, type Register, SRR1_ISI, SRR1_PROGRAM, SRR1_STATUS, SRR1_TRACE } from '../../../cpu/index.js';
import type { ExceptionReport } from '../../exceptions/exceptionModel.js';
import type { RegisterFile } from '../../registers/registerFile.js';
import type { FieldView } from '../../registers/registerView.js';
import { fieldViews } from '../../registers/registerViews.js';
import { modeText } from '../registers/registerFile.js';
import { type PowerVector, vectorAt } from './vectors.js';

/** What an interrupt says beside where it came from. */
interface Telling {
  /** The status word: the register that has it, and how it is laid out. */
  readonly status?: { readonly name: 'SRR1' | 'DSISR' | 'FSCR'; readonly layout: unknown };
  /** DAR has the address of the access. */
  readonly hasDataAddress?: true;
  /** The status in words. */
  readonly detail?: (fields: readonly FieldView[], status: bigint) => string;
}

/** A description that only has to be listed: which fields it has does not matter to a view. */
const listed = (description: unknown): Register => description as Register;

const setTitles = (fields: readonly FieldView[]): string =>
  fields
    .filter(({ value }) => value !== 0n)
    .map(({ description }) => description.charAt(0).toLowerCase() + description.slice(1))
    .join(', ');

const storageDetail = (fields: readonly FieldView[]): string => {
  const others = setTitles(fields.filter(({ name }) => name !== 'STORE'));
  const access = fields.some(({ name, value }) => name === 'STORE' && value !== 0n) ? 'store' : 'load';
  return others === '' ? access : `${access}, ${others}`;
};

const facilityDetail = (_fields: readonly FieldView[], status: bigint): string => {
  const { IC } = decode(FSCR, status);
  return Object.entries(FACILITY_CAUSE).find(([, cause]) => cause === IC)?.[0] ?? `facility ${IC}`;
};

const STORAGE: Telling = { status: { name: 'DSISR', layout: DSISR }, hasDataAddress: true, detail: storageDetail };

const TELLINGS: Partial<Readonly<Record<PowerVector['key'], Telling>>> = {
  dataStorage: STORAGE,
  dataSegment: { hasDataAddress: true },
  alignment: { hasDataAddress: true },
  instructionStorage: { status: { name: 'SRR1', layout: SRR1_ISI }, detail: setTitles },
  program: { status: { name: 'SRR1', layout: SRR1_PROGRAM }, detail: setTitles },
  trace: { status: { name: 'SRR1', layout: SRR1_TRACE } },
  facilityUnavailable: { status: { name: 'FSCR', layout: FSCR }, detail: facilityDetail },
};

/** The fields of SRR1 that are a copy of MSR. */
const COPIED = /^MSR\d/;
/** SRR1 has these bits for the interrupt alone; what no interrupt sets is not worth a line. */
const FREE = /^status\d/;

function statusFields({ name, layout }: NonNullable<Telling['status']>, status: bigint): readonly FieldView[] {
  return fieldViews(listed(layout), status, undefined).filter(
    field => name !== 'SRR1' || (!COPIED.test(field.name) && !FREE.test(field.name)),
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The interrupt at whose vector the vCPU stands; `undefined` if it stands elsewhere. */
export function exceptionReport(registers: RegisterFile, describe: (address: bigint) => string | undefined): ExceptionReport | undefined {
  const vector = vectorAt(registers);
  if (vector === undefined) return undefined;
  const read = (name: string): bigint => registers.read(name)?.value ?? 0n;
  const place = (address: bigint): string => `${hex(address)} ${describe(address) ?? ''}`.trimEnd();
  const isVectored = vector.key === 'systemCallVectored';
  // System Call Vectored saves in LR and CTR what all others save in SRR0 and SRR1.
  const [returnName, savedName] = isVectored ? ['LR', 'CTR'] : ['SRR0', 'SRR1'];
  const [returnAddress, saved] = [read(returnName.toLowerCase()), read(savedName.toLowerCase())];
  const { status, hasDataAddress, detail }: Telling = TELLINGS[vector.key] ?? {};
  const word = status === undefined ? 0n : read(status.name.toLowerCase());
  const fields = status === undefined ? [] : statusFields(status, word);
  const dar = read('dar');
  const mode = modeText(saved);
  const details = [
    ...(detail === undefined ? [] : [detail(fields, word)]),
    ...(hasDataAddress === true ? [`the address is ${place(dar)}`] : []),
  ].filter(text => text !== '');
  const title = capital(vector.name);
  const from = `from ${mode} at ${place(returnAddress)}`;
  const set = fields.filter(({ value }) => value !== 0n).map(({ name }) => name);
  return {
    vector: vector.name,
    title,
    summary: `${title} from ${mode}`,
    sentence: `${title} ${from}${details.length === 0 ? '' : `: ${details.join(', ')}`}.`,
    syndrome: fields,
    returnAddress: virtualAddress(returnAddress),
    faultAddress: hasDataAddress === true ? virtualAddress(dar) : undefined,
    lines: [
      `${returnName.padEnd(5)} = ${place(returnAddress)}`,
      `${savedName.padEnd(5)} = ${hex(saved)}${status?.name === 'SRR1' && (saved & SRR1_STATUS) !== 0n ? ` ${set.join(' ')}` : ''}`.trimEnd(),
      ...(status !== undefined && status.name !== 'SRR1' ? [`${status.name.padEnd(5)} = ${hex(word)} ${set.join(' ')}`.trimEnd()] : []),
      ...(hasDataAddress === true ? [`DAR   = ${place(dar)}`] : []),
    ],
  };
}
