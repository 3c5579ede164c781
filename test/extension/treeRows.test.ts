// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowTree } from '../../src/extension/tree/rowTree.js';
import { refusalRow, rowText, type TreeRow } from '../../src/extension/tree/treeRow.js';
import { VisibleRefresh } from '../../src/extension/tree/visibleRefresh.js';

const row = (id: string, description = '', children?: TreeRow['children']): TreeRow => ({
  id,
  label: id,
  description,
  context: 'row',
  ...(children === undefined ? {} : { children }),
});

test('ST-VIEW-010 only rows that look different are painted again', () => {
  const tree = new RowTree();
  assert.equal(tree.update([row('a', '1', [row('a/x', '1'), row('a/y', '1')]), row('b')]), 'all');
  assert.deepEqual(tree.update([row('a', '1', [row('a/x', '1'), row('a/y', '1')]), row('b')]), []);
  assert.deepEqual(tree.update([row('a', '1', [row('a/x', '2'), row('a/y', '1')]), row('b')]), ['a/x']);
  assert.deepEqual(tree.update([row('a', '1', [row('a/x', '2')]), row('b', '2')]), ['a', 'b']);
  assert.equal(tree.update([row('a')]), 'all');
  assert.deepEqual([tree.row('b'), tree.children('a')], [undefined, []]);
});

test('ST-VIEW-011 children that come later take their place in the tree', () => {
  const tree = new RowTree();
  tree.update([row('group', '', [row('a', '', 'later'), row('b', '', 'later')])]);
  assert.deepEqual(tree.children('a'), []);
  tree.graft('a', [row('a/x')]);
  assert.deepEqual([tree.children('a'), tree.parent('a/x'), tree.parent('a'), tree.parent('group')], [['a/x'], 'a', 'group', undefined]);
});

test('ST-VIEW-101 children that are refused are a row with the sentence, as text, until they are asked for again', () => {
  const tree = new RowTree();
  const rows = [row('a', '', 'later')];
  tree.update(rows);
  tree.graft('a', [refusalRow('a', new Error('The guest *runs*.'))]);
  const [id] = tree.children('a');
  const refused = tree.row(id ?? '');
  assert.deepEqual([refused?.label, refused?.tooltip, refused?.children], ['The guest *runs*.', 'The guest \\*runs\\*\\.', undefined]);
  assert.deepEqual(tree.update(rows), ['a']);
  assert.equal(tree.row('a')?.children, 'later');
});

test('ST-VIEW-012 a row is copied as text with all that is below it', () => {
  assert.equal(rowText(row('a', '1', [row('x', '2', [row('y')]), row('z', '', 'later')])), 'a  1\n  x  2\n    y\n  z');
});

/** A clock that a test moves, and fetches that it answers. */
class Stage {
  fetches = 0;
  #now = 0;
  #plans: { readonly at: number; readonly work: () => void }[] = [];
  #answers: (() => void)[] = [];
  readonly refresh = new VisibleRefresh(
    () => {
      this.fetches++;
      return new Promise(resolve => this.#answers.push(resolve));
    },
    (work, milliseconds) => {
      const plan = { at: this.#now + milliseconds, work };
      this.#plans.push(plan);
      return () => {
        this.#plans = this.#plans.filter(each => each !== plan);
      };
    },
  );

  pass(milliseconds: number): void {
    this.#now += milliseconds;
    for (const plan of this.#plans.filter(({ at }) => at <= this.#now)) {
      this.#plans = this.#plans.filter(each => each !== plan);
      plan.work();
    }
  }

  async answer(): Promise<void> {
    for (const answer of this.#answers.splice(0)) answer();
    await new Promise(resolve => setImmediate(resolve));
  }
}

test('ST-VIEW-013 nothing is fetched for a hidden view, and what became stale is fetched when it is shown', async () => {
  const hidden = new Stage();
  hidden.refresh.invalidate();
  hidden.pass(10_000);
  assert.equal(hidden.fetches, 0);
  hidden.refresh.setVisible(true);
  hidden.pass(0);
  assert.equal(hidden.fetches, 1);
  await hidden.answer();
  hidden.refresh.setVisible(false);
  hidden.refresh.setVisible(true);
  hidden.pass(10_000);
  assert.equal(hidden.fetches, 1, 'what is not stale is not asked for again');
});

test('ST-VIEW-014 the events of one stop make one request, and there is never a second one under way', async () => {
  const stage = new Stage();
  stage.refresh.setVisible(true);
  for (let event = 0; event < 5; event++) stage.refresh.invalidate();
  stage.pass(100);
  assert.equal(stage.fetches, 1);
  stage.refresh.invalidate();
  stage.refresh.invalidate();
  stage.pass(100);
  assert.equal(stage.fetches, 1);
  await stage.answer();
  stage.pass(100);
  assert.equal(stage.fetches, 2);
});

test('ST-VIEW-015 a short step does not show "running" in between', () => {
  const stage = new Stage();
  stage.refresh.setVisible(true);
  stage.refresh.invalidate(250);
  stage.pass(100);
  assert.equal(stage.fetches, 0);
  stage.refresh.invalidate();
  stage.pass(100);
  stage.pass(1000);
  assert.equal(stage.fetches, 1);
});
