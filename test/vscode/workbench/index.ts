// SPDX-License-Identifier: MIT
export { Pane } from './pane.js';
export { type HostKind, Workbench } from './workbench.js';
