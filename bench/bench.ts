// SPDX-License-Identifier: MIT
// usage: npm run bench [-- [--json] [speed] [kvm] [adapter] [process]]: measures, prints a table and, last, one line of JSON.
import { adapterFigures } from './adapterFigures.js';
import { type Figures, figuresTable, missedTargets } from './figures.js';
import { kvmFigures } from './kvmFigures.js';
import { processFigures } from './processFigures.js';
import { speed } from './speed.js';

const GROUPS: Readonly<Record<string, () => Promise<Figures>>> = {
  speed,
  kvm: kvmFigures,
  adapter: adapterFigures,
  process: processFigures,
};

const wanted = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
const unknown = wanted.filter(name => !(name in GROUPS));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(', ')}; there are: ${Object.keys(GROUPS).join(', ')}.`);
  process.exit(2);
}

let figures: Figures = {};
for (const [name, measure] of Object.entries(GROUPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.error(`measuring: ${name} …`);
  try {
    figures = { ...figures, ...(await measure()) };
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
figures = { ...figures, node: process.version };
if (!process.argv.includes('--json')) {
  console.log(figuresTable(figures));
  for (const sentence of missedTargets(figures)) console.log(sentence);
}
console.log(JSON.stringify(figures));
