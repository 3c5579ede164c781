// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdownTable, plainMarkdown, plainMessage } from '../../src/extension/markdownText.js';
import { plainProgress } from '../../src/extension/session/plainProgress.js';

const LINK = '[run](command:workbench.action.quit)';

test('ST-EXT-060 a link in a text of the guest is no link in a message or a tooltip', () => {
  const links = /\[[^\]]+\]\([^)]*\)/;
  assert.match(LINK, links);
  assert.doesNotMatch(plainMessage(`Setting "cpu" must not be ${LINK}, ${LINK}.`), links);
  assert.equal(plainMessage('a[0] (b)'), 'a[0] (b)');
  const body = { progressId: LINK, title: `Reading symbols of ${LINK}`, message: LINK, percentage: 3 };
  const shown = Object(plainProgress({ type: 'event', event: 'progressStart', body })['body']);
  for (const text of [shown.title, shown.message]) assert.doesNotMatch(text, links);
  assert.deepEqual([shown.progressId, shown.percentage], [LINK, 3]);
  assert.doesNotMatch(plainMarkdown(LINK), links);
  assert.doesNotMatch(plainMarkdown('<img src="x">'), /</);
  assert.equal(
    markdownTable([['a|b', 'c\nd']])
      .split('\n')
      .at(-1),
    '| a\\|b | c d |',
  );
});
