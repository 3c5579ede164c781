// SPDX-License-Identifier: MIT
// usage: node out/scripts/requirements.js --update: writes the traceability table of docs/requirements.md from the lists and the tests' titles.
//        node out/scripts/requirements.js --missing: names the requirements that are claimed and have no test.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeGenerated } from './generatedSection.js';

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
/** A title in a table of cases: a literal that is an id, or begins with one and goes on with a sentence. */
const ROW_TITLE =
  /(['"`])((?:API|PPC-HV|ARM-HW|ARM-REG|ARM-SYNC|BKE|S|ST-[A-Z0-9]+)-[0-9]+(?:\.RV[0-9]+)?(?![-.\w])(?:\\.|(?!\1)[^\n])*?)\1/g;
const UPDATE = 'npm run requirements:update';
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
    for (const [, , title = ''] of [...text.matchAll(TITLE), ...text.matchAll(ROW_TITLE)]) {
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
  const tested = requirements.filter(({ id }) => titles.has(id)).length;
  return `\n${tested} of ${requirements.length} requirements have a test.\n\n| requirement | tests |\n| --- | --- |\n${rows.join('\n')}\n`;
}

const tablePath = (root: string): string => join(root, 'docs', 'requirements.md');

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
  const text = readFileSync(tablePath(root), 'utf8');
  if (text !== writeGenerated(text, UPDATE, traceability(requirements, titles)))
    problems.push(`docs/requirements.md: the table is out of date; run ${UPDATE}.`);
  return problems;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const requirements = readLists(root);
  const titles = readTitles(root);
  if (process.argv.includes('--missing')) {
    for (const { id, sentence, isClaimed } of requirements) if (isClaimed && !titles.has(id)) console.log(`${id} ${sentence}`);
  }
  if (process.argv.includes('--update')) {
    const path = tablePath(root);
    writeFileSync(path, writeGenerated(readFileSync(path, 'utf8'), UPDATE, traceability(requirements, titles)));
  }
}
