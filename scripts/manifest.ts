// SPDX-License-Identifier: MIT
// usage: node out/scripts/manifest.js --update: writes what package.json, package.nls.json and samples/index.json take from the launch table and the samples.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AttributeSchema, launchSchema } from '../src/dap/index.js';
import { EDITOR_DEFAULTS } from '../src/extension/launch/editorDefaults.js';
import { sampleIndex } from './sampleIndex.js';

const UPDATE = 'npm run docs:update';
/** Keys of strings that come from the launch table. */
const PREFIX = 'launch.';

type Json = Record<string, unknown>;
type Strings = Record<string, string>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `schema` with each description replaced by a key, and the descriptions by their keys. */
function withKeys(name: string, schema: AttributeSchema, strings: Strings): Json {
  const key = (path: string, text: unknown): string => {
    strings[`${PREFIX}${path}`] = String(text);
    return `%${PREFIX}${path}%`;
  };
  const result: Json = { ...schema, description: key(name, schema['description']) };
  const values = schema['enum'];
  const descriptions = schema['enumDescriptions'];
  if (Array.isArray(values) && Array.isArray(descriptions))
    result['enumDescriptions'] = values.map((value, index) => key(`${name}.${value}`, descriptions[index]));
  const properties = schema['properties'];
  if (isObject(properties))
    result['properties'] = Object.fromEntries(
      Object.entries(properties).map(([property, inner]) => [
        property,
        isObject(inner) ? withKeys(`${name}.${property}`, inner, strings) : inner,
      ]),
    );
  return result;
}

/** The launch attributes for package.json, and their texts for package.nls.json. */
function launchAttributes(): { readonly properties: Json; readonly strings: Strings } {
  const strings: Strings = {};
  const properties = Object.entries(launchSchema()).map(([name, schema]) => {
    const fallback = Object.entries(EDITOR_DEFAULTS).find(([setting]) => setting === name)?.[1];
    return [name, withKeys(name, fallback === undefined ? schema : { ...schema, default: fallback }, strings)];
  });
  return { properties: Object.fromEntries(properties), strings };
}

/** The manifest and its strings as they should be. */
function manifest(root: string): Readonly<Record<string, string>> {
  const { properties, strings } = launchAttributes();
  const given: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const nls: unknown = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));
  const [debuggerOfOurs] = at(given, 'contributes', 'debuggers');
  const attributes = isObject(debuggerOfOurs) ? debuggerOfOurs['configurationAttributes'] : undefined;
  if (isObject(attributes)) attributes['launch'] = { properties };
  const others = Object.entries(isObject(nls) ? nls : {}).filter(([key]) => !key.startsWith(PREFIX));
  const file = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  return {
    'package.json': file(given),
    'package.nls.json': file({ ...Object.fromEntries(others), ...strings }),
    'samples/index.json': file(sampleIndex(root)),
  };
}

function at(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
  return Array.isArray(found) ? found : [];
}

/** Compares the generated parts with what they are generated from, and the keys of strings with the strings. */
export function checkManifest(root: string): readonly string[] {
  const problems = Object.entries(manifest(root))
    .filter(([name, text]) => readFileSync(join(root, name), 'utf8') !== text)
    .map(([name]) => `${name}: what is generated in it is out of date; run ${UPDATE}.`);
  const used = new Set([...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"%([^"%]+)%"/g)].map(([, key = '']) => key));
  const known: unknown = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));
  const keys = new Set(Object.keys(isObject(known) ? known : {}));
  return [
    ...problems,
    ...[...used].filter(key => !keys.has(key)).map(key => `package.json: the text of %${key}% is missing in package.nls.json.`),
    ...[...keys].filter(key => !used.has(key)).map(key => `package.nls.json: nothing in package.json uses '${key}'.`),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv.includes('--update')) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  for (const [name, text] of Object.entries(manifest(root))) writeFileSync(join(root, name), text);
}
