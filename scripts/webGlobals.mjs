// SPDX-License-Identifier: MIT
// Globals of Node's that packages expect, for bundles for the browser.
export { Buffer } from 'buffer';
