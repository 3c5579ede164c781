// SPDX-License-Identifier: MIT
import { drawing } from './element.js';
import type { Lane, StepMark } from './stepPicture.js';

/** Lanes from left to right. */
export const LANES: readonly Lane[] = ['debugger', 'kvm', 'guest'];
/** The height at which a mark stands in its row, in pixels. The style sheet says how wide lanes are; a place across them is a part of that. */
const MARK_Y = 18;
const RADIUS = 9;
const HEAD = 6;

const center = (lane: Lane): string => `${((LANES.indexOf(lane) + 0.5) / LANES.length) * 100}%`;

/** Whether somebody else runs behind this mark: the arrow is a way of control, and not a call that comes back at once. */
const handsOver = ({ kind, to }: StepMark): boolean => to !== undefined && ['enter', 'exit', 'interrupt'].includes(kind);

/** Who runs in front of a mark and behind it. */
export interface Runner {
  readonly before: Lane;
  readonly after: Lane;
}

/** Who runs at each of `marks`. */
export function runners(marks: readonly StepMark[]): readonly Runner[] {
  let running: Lane = 'debugger';
  return marks.map(mark => {
    const before = running;
    if (handsOver(mark)) running = mark.to ?? running;
    return { before, after: running };
  });
}

/** The lanes in a row, with its mark and its arrow. A row of no mark has the lines only. */
export function rowGraph(mark: StepMark | undefined, runner: Runner): SVGElement {
  const lines = LANES.map(lane => drawing('line', { class: `life ${lane}`, x1: center(lane), x2: center(lane), y1: 0, y2: '100%' }));
  const bars = LANES.flatMap(lane => [
    ...(runner.before === lane ? [bar(lane, 0, MARK_Y)] : []),
    ...(runner.after === lane ? [bar(lane, MARK_Y, '100%')] : []),
  ]);
  return drawing(
    'svg',
    { class: 'graph', 'aria-hidden': 'true' },
    ...lines,
    ...bars,
    ...(mark === undefined ? [] : [...arrow(mark), ...node(mark)]),
  );
}

const bar = (lane: Lane, from: number, to: number | '100%'): SVGElement =>
  drawing('line', { class: `bar ${lane}`, x1: center(lane), x2: center(lane), y1: from, y2: to });

/** An arrow from lane to lane. It begins behind its mark, which is drawn over it, and ends on the line of the other lane. */
function arrow({ lane, to, kind, isDerived }: StepMark): readonly SVGElement[] {
  if (to === undefined || to === lane) return [];
  const direction = LANES.indexOf(to) > LANES.indexOf(lane) ? 1 : -1;
  const head = `M0 0 l${-direction * HEAD * 1.5} ${-HEAD} v${2 * HEAD} z`;
  const name = `arrow ${lane} ${kind}${isDerived ? ' derived' : ''}`;
  return [
    drawing('line', { class: name, x1: center(lane), x2: center(to), y1: MARK_Y, y2: MARK_Y }),
    at(to, drawing('path', { class: `head ${lane} ${kind}`, d: head })),
  ];
}

function node({ lane, kind, isDerived }: StepMark): readonly SVGElement[] {
  const name = `${lane} ${kind}${isDerived ? ' derived' : ''}`;
  return [at(lane, drawing('circle', { class: `node ${name}`, r: RADIUS }), drawing('path', { class: `glyph ${name}`, d: GLYPHS[kind] }))];
}

/** A drawing around 0, 0, put where marks of a lane stand. */
const at = (lane: Lane, ...drawn: readonly SVGElement[]): SVGElement =>
  drawing('svg', { class: 'place-of-mark', x: center(lane), y: MARK_Y }, ...drawn);

/** Small signs around 0, 0. */
const GLYPHS: Readonly<Record<StepMark['kind'], string>> = {
  save: 'M-3 -4.5 h6 v9 l-3 -2.5 l-3 2.5 z',
  set: 'M-3.5 0 h7 M0 -3.5 v7',
  trap: 'M-3.5 -3.5 l7 7 M3.5 -3.5 l-7 7',
  restore: 'M-3.5 -2 h4.5 a2.6 2.6 0 0 1 0 5.2 h-3 M-1 -4.5 l-2.6 2.5 l2.6 2.5',
  call: 'M-3 -4 l5 4 l-5 4',
  enter: 'M-2.5 -4 l6 4 l-6 4 z',
  instruction: 'M-3.5 -2.5 h7 M-3.5 0 h7 M-3.5 2.5 h4',
  interrupt: 'M1 -5 l-4 5.5 h3.5 l-1.5 4.5 l4 -5.5 h-3.5 z',
  exit: 'M2.5 -4 l-6 4 l6 4 z',
  decision: 'M-3 -3 h6 v6 h-6 z',
  hold: 'M-2 -3.5 v7 M2 -3.5 v7',
  other: 'M-3 0 h0.01 M0 0 h0.01 M3 0 h0.01',
};
