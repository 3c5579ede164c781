// SPDX-License-Identifier: MIT
import type { CodeRange, Subprogram, Variable } from './scope.js';
import type { Type } from './type.js';
import type { UnitDescription } from './unitDescription.js';

/** One compilation of the program: its description and what it defines. Everything is read on first use. */
export interface CompilationUnit extends UnitDescription {
  readonly ranges: readonly CodeRange[];
  /** Functions that have code, in the order of their entries. */
  readonly functions: readonly Subprogram[];
  /** Global and file-static variables (function statics are in their scopes). */
  readonly variables: readonly Variable[];
  /** Named types declared at file level. */
  readonly types: readonly Type[];
}
