// SPDX-License-Identifier: MIT
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { LAYERS, LONG_FILES, MAXIMUM_LINES, VSCODE_TESTS } from './layerTable.js';

/** An import or export from another module: static, dynamic or of types only. */
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+)(['"])([^'"]+)\1/gm;
/** A layer's index.ts: the licence line, then a comment of several lines. */
const FACE = /^\/\/ SPDX[^\n]*\n\/\*\*\n( \*[^\n]*\n){3,}/;
const TITLE = '// SPDX-License-Identifier: MIT';

/** What the compiler cannot see of the layers: imports past an index, forbidden modules, cycles, long files, nameless files. */
export function checkLayers(root: string): readonly string[] {
  const problems: string[] = [];
  const source = join(root, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const path = join(source, file);
    const text = readFileSync(path, 'utf8');
    const layer = file.split(sep)[0] ?? '';
    const rule = LAYERS[layer];
    const name = relative(root, path);
    if (rule === undefined) {
      problems.push(`${name}: '${layer}' is no layer; scripts/layerTable.ts lists them.`);
      continue;
    }
    if (!text.startsWith(TITLE)) problems.push(`${name}: does not begin with '${TITLE}'.`);
    if (/(^|[/\\])(utils?|helpers?|common|types|misc)(\.ts$|[/\\])/.test(file) && !file.startsWith(join('cpu', 'power')))
      problems.push(`${name}: names no concept.`);
    if (/^[^/\\]+[/\\]index\.ts$/.test(file) && !FACE.test(text))
      problems.push(`${name}: a layer's face opens with a comment on what it is and does not know.`);
    checkLength(name, text, problems);
    for (const [, , specifier = ''] of text.matchAll(IMPORT)) {
      if (!specifier.startsWith('.')) {
        if (!rule.modules.some(prefix => specifier.startsWith(prefix))) problems.push(`${name}: ${layer} may not import '${specifier}'.`);
        continue;
      }
      const target = relative(source, join(dirname(path), specifier.replace(/\.js$/, '.ts')));
      const targetLayer = target.split(sep)[0] ?? '';
      if (targetLayer === layer) {
        graph.set(file, [...(graph.get(file) ?? []), target]);
      } else if (!rule.layers.includes(targetLayer)) {
        problems.push(`${name}: ${layer} may not import the layer '${targetLayer}'.`);
      } else if (target !== join(targetLayer, 'index.ts')) {
        problems.push(`${name}: import '${targetLayer}' by its index.ts, not '${target}'.`);
      }
    }
  }
  for (const [name, reason] of Object.entries(LONG_FILES)) {
    if (!existsSync(join(root, name)) || lines(readFileSync(join(root, name), 'utf8')) <= MAXIMUM_LINES)
      problems.push(`scripts/layerTable.ts: '${name}' is listed as long ('${reason}') but is not.`);
  }
  return [...problems, ...cycles(graph), ...checkVscodeTests(root)];
}

/** What the tests in VS Code may import: they share a folder and not a program. */
function checkVscodeTests(root: string): readonly string[] {
  const problems: string[] = [];
  for (const [folder, allowed] of Object.entries(VSCODE_TESTS)) {
    const source = join(root, 'test', 'vscode', folder);
    for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(one => one.endsWith('.ts'))) {
      const text = readFileSync(join(source, file), 'utf8');
      const name = relative(root, join(source, file));
      if (!text.startsWith(TITLE)) problems.push(`${name}: does not begin with '${TITLE}'.`);
      checkLength(name, text, problems);
      for (const [, , specifier = ''] of text.matchAll(IMPORT))
        if (!allowed.some(prefix => specifier.startsWith(prefix)))
          problems.push(`${name}: test/vscode/${folder} may not import '${specifier}'; scripts/layerTable.ts says what it may.`);
    }
  }
  return problems;
}

const lines = (text: string): number => text.split('\n').length - 1;

/** A file of tables says so in a comment that also keeps the formatter away. */
function checkLength(name: string, text: string, problems: string[]): void {
  const count = lines(text);
  if (count <= MAXIMUM_LINES || name in LONG_FILES || name.includes(join('aarch64', 'instructions')) || name.includes('.generated.'))
    return;
  problems.push(`${name}: ${count} lines; ${MAXIMUM_LINES} is the most for a file that is no table.`);
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const problems: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) problems.push(`src: a cycle of imports: ${[...path.slice(at), file].join(' -> ')}`);
    if (at >= 0 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return problems;
}
