// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOfSetting, settingOfSentence } from '../../src/extension/launch/launchFile.js';

const LAUNCH_FILE = `{
  // Use IntelliSense to learn about "smp": 1
  "version": "0.2.0",
  "configurations": [
    { "name": "first", "type": "steptrap", "smp": 2 },
    {
      "type": "steptrap",
      "symbolFiles": [{ "path": "a.elf", "name": "second" }],
      "program": "\${workspaceFolder}/smp {,", /* "memory": */
      "memory": "1K",
      "name": "second \\"quoted\\"",
    },
  ],
}
`;

/** The text of the line at which a setting is found, from its column on. */
function found(text: string, name: string, setting: string | undefined): string | undefined {
  const place = placeOfSetting(text, name, setting);
  return place === undefined ? undefined : text.split('\n')[place.line]?.slice(place.column);
}

test('ST-EXT-010 the place of a setting is its line in the configuration of that name, past comments, strings and other configurations', () => {
  assert.equal(found(LAUNCH_FILE, 'first', 'smp'), '"smp": 2 },');
  assert.equal(found(LAUNCH_FILE, 'second "quoted"', 'memory'), '"memory": "1K",');
  assert.equal(found(LAUNCH_FILE, 'second "quoted"', 'program')?.startsWith('"program"'), true);
});

test('ST-EXT-011 a setting that the configuration does not have leads to where the configuration begins', () => {
  assert.equal(found(LAUNCH_FILE, 'second "quoted"', 'smp'), '{');
  assert.equal(found(LAUNCH_FILE, 'first', undefined), '{ "name": "first", "type": "steptrap", "smp": 2 },');
});

test('ST-EXT-012 a configuration that is not in the file has no place, and unfinished text is no error', () => {
  assert.equal(placeOfSetting(LAUNCH_FILE, 'third', 'smp'), undefined);
  for (let end = 0; end < LAUNCH_FILE.length; end++) placeOfSetting(LAUNCH_FILE.slice(0, end), 'first', 'smp');
  assert.equal(found(LAUNCH_FILE.slice(0, LAUNCH_FILE.indexOf('"memory"')), 'first', 'smp'), '"smp": 2 },');
});

test('ST-EXT-013 the sentence of a refusal names the setting that it is about', () => {
  assert.equal(settingOfSentence('Setting "smp" must be a whole number from 1 to 8, not 99.'), 'smp');
  assert.equal(settingOfSentence('The session\'s worker failed: "smp".'), undefined);
});
