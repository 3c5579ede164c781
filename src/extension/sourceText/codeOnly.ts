// SPDX-License-Identifier: MIT
/** What is no code in a C source or in assembly that the C preprocessor reads: comments, strings and characters. */
const NO_CODE = /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/g;
/** A directive with its continuation lines. */
const DIRECTIVE = /^[ \t]*#(?:\\\r?\n|[^\n])*/gm;

const blank = (text: string): string => text.replace(/[^\r\n]/g, ' ');

/** The text with blanks for comments, strings, characters and preprocessor lines, so that every other character keeps its place. */
export const codeOnly = (text: string): string => text.replace(NO_CODE, blank).replace(DIRECTIVE, blank);
