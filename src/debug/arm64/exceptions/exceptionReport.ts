// SPDX-License-Identifier: MIT
import { hex, virtualAddress } from '../../../base/index.js';
import { decode, ESR_ELx, type Register } from '../../../cpu/index.js';
import type { ExceptionReport } from '../../exceptions/exceptionModel.js';
import type { FieldView } from '../../registers/registerView.js';
import { fieldViews } from '../../registers/registerViews.js';
import { modeText, pstateText } from '../registers/pstateText.js';
import { type ExceptionClass, exceptionClass } from './exceptionClasses.js';
import { faultStatusText } from './faultStatus.js';
import { vectorAt } from './vectors.js';

/** What the report asks of the vCPU and the program. */
export interface ExceptionWorld {
  readonly pc: bigint;
  /** The value of a system register, by its name in lower case. */
  read(name: string): bigint;
  /** `<symbol+0x10>`, `undefined` if no symbol owns the address. */
  describe(address: bigint): string | undefined;
}

/** The exception at whose vector the vCPU stands; `undefined` if it stands elsewhere. */
export function exceptionReport(world: ExceptionWorld): ExceptionReport | undefined {
  const vector = vectorAt(world.pc, world.read('vbar_el1'));
  if (vector === undefined) return undefined;
  const [returnAddress, saved] = [world.read('elr_el1'), world.read('spsr_el1')];
  const place = (address: bigint): string => `${hex(address)} ${world.describe(address) ?? ''}`.trimEnd();
  const mode = modeText(saved);
  const from = `from ${mode} at ${place(returnAddress)}`;
  const registers = [`ELR_EL1  = ${place(returnAddress)}`, `SPSR_EL1 = ${hex(saved)} ${pstateText(saved)}`];
  const common = { vector: vector.name, returnAddress: virtualAddress(returnAddress) };
  const kind = vector.name.slice(0, vector.name.indexOf(' '));
  if (kind !== 'sync' && kind !== 'SError')
    return {
      ...common,
      title: kind,
      summary: `${kind} from ${mode}`,
      sentence: `${kind} taken ${from}.`,
      syndrome: [],
      faultAddress: undefined,
      lines: registers,
    };
  const esr = world.read('esr_el1');
  const { EC, ISS } = decode(ESR_ELx, esr);
  const found = exceptionClass(EC);
  const fields = found.fields === undefined ? [] : fieldViews(listed(found.fields), BigInt(ISS), undefined);
  const isFaultAddressValid = found.hasFaultAddress === true && !fields.some(({ name, value }) => name === 'FnV' && value === 1n);
  const far = world.read('far_el1');
  const details = [
    ...(found.detail === undefined ? [] : [found.detail(ISS)]),
    ...(isFaultAddressValid ? [`the address is ${place(far)}`] : []),
  ];
  const top = fieldViews(listed(ESR_ELx), esr, undefined);
  return {
    ...common,
    title: found.title,
    summary: `${found.title} from ${mode}`,
    sentence: `${found.title} ${from}${details.length === 0 ? '' : `: ${details.join(', ')}`}.`,
    syndrome: [...top, ...fields.map(field => withFaultStatus(field, found))],
    faultAddress: isFaultAddressValid ? virtualAddress(far) : undefined,
    lines: [
      `ESR_EL1  = ${hex(esr)} ${fieldTexts(top)}`,
      ...(fields.length === 0
        ? []
        : [
            `     ISS = ${fieldTexts(fields.map(field => withFaultStatus(field, found)).filter(({ name, value }) => value !== 0n || FAULT_STATUS_FIELDS.includes(name)))}`,
          ]),
      ...(isFaultAddressValid ? [`FAR_EL1  = ${place(far)}`] : []),
      ...registers,
    ],
  };
}

/** A description that only has to be listed: which fields it has does not matter to a view. */
const listed = (description: unknown): Register => description as Register;

const fieldTexts = (fields: readonly FieldView[]): string =>
  fields.map(({ name, value, meaning }) => `${name}=${meaning ?? hex(value)}`).join(' ');

const FAULT_STATUS_FIELDS = ['DFSC', 'IFSC'];

const withFaultStatus = (field: FieldView, { hasFaultStatus }: ExceptionClass): FieldView =>
  hasFaultStatus === true && FAULT_STATUS_FIELDS.includes(field.name) ? { ...field, meaning: faultStatusText(Number(field.value)) } : field;
