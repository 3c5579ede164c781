// SPDX-License-Identifier: MIT
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeMessage, type Frame, MAXIMUM_BODY_BYTES, MessageDecoder } from '../../src/dap/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const kinds = (frames: readonly Frame[]): readonly string[] => frames.map(frame => frame.kind);

test('ST-DAP-010 a message comes out whole however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (values, piece) => {
      const stream = values.flatMap(value => [...encodeMessage(value)]);
      const decoder = new MessageDecoder();
      const frames: Frame[] = [];
      for (let at = 0; at < stream.length; at += piece) frames.push(...decoder.push(Uint8Array.from(stream.slice(at, at + piece))));
      assert.deepEqual(
        frames.map(frame => JSON.stringify(frame.kind === 'message' ? frame.value : frame.sentence)),
        values.map(value => JSON.stringify(value)),
      );
    }),
  );
});

test('ST-DAP-011 garbage in front of a message is one problem, and the message is read', () => {
  const decoder = new MessageDecoder();
  const frames = decoder.push(Uint8Array.from([...bytes('nonsense\r\n\r\nmore\r\n\r\n'), ...encodeMessage({ a: 1 })]));
  assert.deepEqual(kinds(frames), ['problem', 'message']);
});

test('ST-DAP-012 a message that is too large is skipped with a problem, and the next one is read', () => {
  const decoder = new MessageDecoder();
  const length = MAXIMUM_BODY_BYTES + 1;
  const frames = [
    ...decoder.push(bytes(`Content-Length: ${length}\r\n\r\n`)),
    ...decoder.push(new Uint8Array(length)),
    ...decoder.push(encodeMessage(1)),
  ];
  assert.deepEqual(kinds(frames), ['problem', 'message']);
});

test('ST-DAP-013 a broken Content-Length, broken JSON and a cut stream are one problem each', () => {
  const decoder = new MessageDecoder();
  assert.deepEqual(kinds(decoder.push(bytes('Content-Length: minus\r\n\r\n'))), ['problem']);
  assert.deepEqual(kinds(decoder.push(bytes('Content-Length: 3\r\n\r\n{{{'))), ['problem']);
  assert.deepEqual(kinds(decoder.push(bytes('Content-Length: 9\r\n\r\n{'))), []);
  assert.deepEqual(kinds(decoder.end()), ['problem']);
});

test('ST-DAP-014 random bytes never throw', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), chunks => {
      const decoder = new MessageDecoder();
      for (const chunk of chunks) decoder.push(chunk);
      decoder.end();
    }),
  );
});
