// SPDX-License-Identifier: MIT
// usage: node out/scripts/requirements.js --update: writes the traceability table of docs/requirements.md from the lists and the tests' titles.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One requirement as the lists give it. */
interface Requirement {
  readonly id: string;
  readonly sentence: string;
  /** The list it stands in, relative to the root. */
  readonly list: string;
  /** Whether its part is finished, so that there must be a test. */
  readonly isClaimed: boolean;
}

const ID = /\b(?:API|PPC-HV|ARM-HW|ARM-REG|ARM-SYNC|BKE|S|ST-[A-Z0-9]+)-[0-9]+(?:\.RV[0-9]+)?(?![0-9])/g;
const ROW = /^\|\s*((?:API|PPC-HV|ARM-HW|ARM-REG|ARM-SYNC|BKE|S|ST-[A-Z0-9]+)-[0-9]+(?:\.RV[0-9]+)?)\s*\|\s*(.+?)\s*\|(.*)$/;
/** A test's title in the source: the first argument of `test`, `scenario` and the like, whatever its quotes. */
const TITLE = /\b(?:test|it|scenario|requirement)\s*\(\s*(['"`])((?:\\.|(?!\1)[\s\S])*?)\1/g;
const MARK = '<!-- generated below this line: npm run requirements:update -->';
/** Third column of a list: a requirement that a later part fulfils says `later`. */
const LATER = /\blater\b/;

function readLists(root: string): readonly Requirement[] {
  const folder = join(root, 'docs', 'requirements');
  return readdirSync(folder)
    .filter(name => name.endsWith('.md'))
    .sort()
    .flatMap(name =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .flatMap(line => {
          const row = ROW.exec(line);
          if (row === null) return [];
          const [, id = '', sentence = '', rest = ''] = row;
          return [{ id, sentence, list: `docs/requirements/${name}`, isClaimed: !LATER.test(rest) }];
        }),
    );
}

/** The ids in the titles of all tests, with the files that name them. */
function readTitles(root: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const folder = join(root, 'test');
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, , title = ''] of text.matchAll(TITLE)) {
      for (const [id] of title.matchAll(ID)) {
        const files = found.get(id) ?? new Set();
        files.add(relative(root, join(folder, file)).replaceAll('\\', '/'));
        found.set(id, files);
      }
    }
  }
  return found;
}

const byId = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

function traceability(requirements: readonly Requirement[], titles: ReadonlyMap<string, ReadonlySet<string>>): string {
  const rows = [...requirements]
    .sort((a, b) => byId(a.id, b.id))
    .map(({ id, isClaimed, list }) => {
      const files = [...(titles.get(id) ?? [])].sort();
      const tests =
        files.length > 0 ? files.map(file => `[${file.replace(/^test\//, '')}](../${file})`).join(', ') : isClaimed ? 'none' : 'later';
      return `| [${id}](${list.replace(/^docs\//, '')}) | ${tests} |`;
    });
  return `${MARK}\n\n| requirement | tests |\n| --- | --- |\n${rows.join('\n')}\n`;
}

function tableFile(root: string): { readonly path: string; readonly head: string; readonly text: string } {
  const path = join(root, 'docs', 'requirements.md');
  const text = readFileSync(path, 'utf8');
  return { path, text, head: text.split(MARK)[0] ?? '' };
}

/** Compares the lists with the tests' titles: no claimed requirement without a test, no title with an unknown id, table up to date. */
export function checkRequirements(root: string): readonly string[] {
  const requirements = readLists(root);
  const titles = readTitles(root);
  const known = new Map<string, Requirement>();
  const problems: string[] = [];
  for (const requirement of requirements) {
    const other = known.get(requirement.id);
    if (other !== undefined) problems.push(`${requirement.list}: ${requirement.id} stands in ${other.list}, too.`);
    known.set(requirement.id, requirement);
    if (requirement.isClaimed && !titles.has(requirement.id)) problems.push(`${requirement.list}: ${requirement.id} has no test.`);
  }
  for (const [id, files] of titles) {
    if (!known.has(id)) problems.push(`${[...files].join(', ')}: ${id} is in no list of docs/requirements/.`);
  }
  const { head, text } = tableFile(root);
  if (text !== head + traceability(requirements, titles))
    problems.push('docs/requirements.md: the table is out of date; run npm run requirements:update.');
  return problems;
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--update')) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const { path, head } = tableFile(root);
  writeFileSync(path, head + traceability(readLists(root), readTitles(root)));
}
