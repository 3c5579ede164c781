// SPDX-License-Identifier: MIT
/** A bug of ours: thrown when something that this code promises does not hold. Never thrown for bad input. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Throws `InvariantError` with `message` unless `condition` holds. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Ends a `switch` over a closed set: does not compile while a case is missing. */
export function assertNever(value: never, what: string): never {
  throw new InvariantError(`${what} is not one of the known ones: ${JSON.stringify(value)}`);
}

/** `value`, which must be there. For lookups that cannot fail by construction; `what` names the thing for the bug report. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new InvariantError(`${what} is missing`);
  return value;
}
