// SPDX-License-Identifier: MIT
// What a bundle for the browser has in place of a module of Node's that it never calls.
export {};
