// SPDX-License-Identifier: MIT
// What the licences of bundled packages ask for: their names, versions and texts.
import { readdirSync, readFileSync } from 'node:fs';

const PACKAGE = /^(?:.*\/)?(node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** The notices for the packages that `inputs`, paths of bundled files below `root`, come from. A package without a licence's text is an error. */
export function thirdPartyNotices(root, inputs) {
  const folders = [...new Set(inputs.flatMap(input => PACKAGE.exec(input)?.[1] ?? []))].sort();
  const notices = folders.map(folder => {
    const { name, version, license } = JSON.parse(readFileSync(`${root}/${folder}/package.json`, 'utf8'));
    const file = readdirSync(`${root}/${folder}`).find(entry => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${folder} is bundled and has no file with its licence.`);
    return `${name} ${version} (${license})\n\n${readFileSync(`${root}/${folder}/${file}`, 'utf8').trim()}\n`;
  });
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return ['Steptrap contains these packages by others:\n', ...notices].join(rule);
}
