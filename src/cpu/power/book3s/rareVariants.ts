// SPDX-License-Identifier: MIT
import type { Fields } from '../../decode/row.js';
import { CONDITION_BIT } from '../common/instructions/conditionRegister.js';

type IsRare = (control: Fields) => boolean;

const always: IsRare = () => true;
const recording: IsRare = ({ Rc }) => Rc === 1;
const linking: IsRare = ({ LK }) => LK === 1;
/** The bit SO of a CR field, which only overflow and stwcx. set. */
const summaryOverflow: IsRare = ({ BIbit, BCbit }) => (BIbit ?? BCbit) === CONDITION_BIT.SO;

const named = (names: string, isRare: IsRare): readonly (readonly [string, IsRare])[] => names.split(' ').map(name => [name, isRare]);

/** Rows by name, in the order of the books, of which compilers seldom use some variants or all: no fast path is spent on these. */
const RARE_VARIANTS: ReadonlyMap<string, IsRare> = new Map([
  ['b (absolute)', always],
  ['bc (condition)', control => linking(control) || summaryOverflow(control)],
  ['bc (counter)', linking],
  ['bc (counter and condition)', always],
  ['bc (always)', control => control.LK === 0],
  ['bca (condition)', always],
  ['bca (counter)', always],
  ['bca (counter and condition)', always],
  ['bca (always)', always],
  ['bclr (condition)', control => linking(control) || summaryOverflow(control)],
  ['bclr (counter)', always],
  ['bclr (counter and condition)', always],
  ['bcctr (condition)', always],
  ['bctar (condition)', always],
  ['bctar (counter)', always],
  ['bctar (counter and condition)', always],
  ['bctar (always)', always],
  ['isel', summaryOverflow],
  ...named('lhau lhaux lwaux lbzux lhzux lwzux ldux stbux sthux stwux stdux lhbrx lwbrx ldbrx sthbrx stwbrx stdbrx', always),
  ...named('addme subfme subfze modsw moduw modsd modud maddhd maddhdu maddld addex', always),
  ...named('addc subfc adde subfe addze mulhw mulhwu mulhd mulhdu mullw mulld divw divwu divd divdu', recording),
  ...named('cmprb cmpeqb cmpb setb tw td popcntb popcntw popcntd prtyw prtyd', always),
  ...named('cntlzw cntlzd cnttzw cnttzd nand nor eqv orc extsb extsh', recording),
  ...named('slw srw sld srd sraw srad srawi sradi extswsli rlwimi rldimi rlwnm rldcl rldcr', recording),
  // Storage and moves of floating-point, vector and VSX registers: programs that use them compute with them, too, which this engine does not.
  ...named('lfs lfsu lfsx lfsux lfd lfdu lfdx lfdux lfiwax lfiwzx stfs stfsu stfsx stfsux stfd stfdu stfdx stfdux stfiwx', always),
  ...named('fmr fneg fabs fnabs fcpsgn lvx lvxl stvx stvxl lvsl lvsr', always),
  ...named('vand vandc vor vorc vxor vnor vnand veqv vspltisb vspltish vspltisw vsel', always),
  ...named('mtvsrd mtvsrwa mtvsrwz mtvsrdd mtvsrws mfvsrd mfvsrwz mfvsrld', always),
  ...named('xxland xxlandc xxlor xxlorc xxlxor xxlnor xxlnand xxleqv xxsel xxspltib', always),
]);

/** Whether this variant of the row `name` is rare. */
export const isRareVariant = (name: string, control: Fields): boolean => RARE_VARIANTS.get(name)?.(control) ?? false;

/** The names that the table has. */
export const RARE_ROW_NAMES: readonly string[] = [...RARE_VARIANTS.keys()];
