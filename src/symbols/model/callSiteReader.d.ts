import type { Entry } from '../dwarf/entry.js';
import type { CallSite } from './scope.js';
/** The call sites below `root`, in the order of the entries. Nesting is bounded by the entries' own depth. */
export declare function readCallSites(root: Entry): CallSite[];
