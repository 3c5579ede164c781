// SPDX-License-Identifier: MIT
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `layouts.c` and what is built from it lie, seen from the built tests. */
const FOLDER = fileURLToPath(new URL('../../../test/symbols/power/', import.meta.url));

/** ppc64 is big-endian with function descriptors (ELFv1), ppc64le little-endian with local entry points (ELFv2). */
export const POWER_VARIANTS = ['ppc64.O0', 'ppc64.O2', 'ppc64le.O0', 'ppc64le.O2'] as const;
export type PowerVariant = (typeof POWER_VARIANTS)[number];

/** The path of `layouts.<variant>.elf`. */
export const powerElfPath = (variant: PowerVariant): string => join(FOLDER, `layouts.${variant}.elf`);

/** The bytes of `layouts.<variant>.elf`. */
export const powerElf = (variant: PowerVariant): Uint8Array => new Uint8Array(readFileSync(powerElfPath(variant)));

/** The line of `layouts.c` with the marker comment. */
export function powerLine(marker: string): number {
  const lines = readFileSync(join(FOLDER, 'layouts.c'), 'utf8').split('\n');
  const index = lines.findIndex(text => text.includes(`/* ${marker} */`));
  if (index < 0) throw new Error(`layouts.c has no marker ${marker}`);
  return index + 1;
}
