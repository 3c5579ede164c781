// SPDX-License-Identifier: MIT
import { failure, type Result, success } from '../../base/index.js';

/** Whether the hit with this number (from 1) stops. */
export type HitTest = (hit: number) => boolean;

const PATTERN = /^\s*(>=|<=|==|=|>|<|%)?\s*(\d{1,15})\s*$/;

/** Reads `5`, `>= 5`, `> 5`, `== 5`, `< 5`, `<= 5`, `% 5`. A bare number means that hit and all after it, as an ignore count of gdb. */
export function parseHitCondition(text: string): Result<HitTest> {
  const match = PATTERN.exec(text);
  if (!match) return failure('hitCondition', `"${text}" is no hit condition; write a number, or one of >=, >, ==, <, <=, % before it.`);
  const limit = Number(match[2]);
  switch (match[1]) {
    case '==':
    case '=':
      return success(hit => hit === limit);
    case '>':
      return success(hit => hit > limit);
    case '<':
      return success(hit => hit < limit);
    case '<=':
      return success(hit => hit <= limit);
    case '%':
      return limit === 0 ? failure('hitCondition', 'A hit condition "% 0" never holds.') : success(hit => hit % limit === 0);
    default:
      return success(hit => hit >= limit);
  }
}
