// SPDX-License-Identifier: MIT
/** The line in a Markdown file below which `command` writes. */
export const MARK = (command: string): string => `<!-- generated below this line: ${command} -->`;

/** `text` with all that follows the mark of `command` replaced; the mark is added at the end if it is missing. */
export function writeGenerated(text: string, command: string, content: string): string {
  const [head = ''] = text.split(MARK(command));
  return `${head.trimEnd()}\n\n${MARK(command)}\n${content}`;
}
