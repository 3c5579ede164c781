// SPDX-License-Identifier: MIT
/** What came out of a stream of bytes: a JSON value, or one sentence about bytes that were none. */
export type Frame = { readonly kind: 'message'; readonly value: unknown } | { readonly kind: 'problem'; readonly sentence: string };

/** The most bytes a header block may have, and a body. What is larger is skipped and said. */
export const MAXIMUM_HEADER_BYTES = 4096;
export const MAXIMUM_BODY_BYTES = 16 * 1024 * 1024;

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;
const HEADER_NAME = 'content-length';

/** `value` as one message of the base protocol: `Content-Length` header, empty line, JSON. */
export function encodeMessage(value: unknown): Uint8Array {
  const encoder = new TextEncoder();
  const body = encoder.encode(JSON.stringify(value));
  const header = encoder.encode(`Content-Length: ${body.length}\r\n\r\n`);
  const bytes = new Uint8Array(header.length + body.length);
  bytes.set(header, 0);
  bytes.set(body, header.length);
  return bytes;
}

/**
 * Cuts a stream into messages of the base protocol. Any bytes may come in: what is not a message is
 * skipped up to the next header that reads as one, and each run of skipped bytes is one problem.
 */
export class MessageDecoder {
  #buffer = new Uint8Array(4096);
  #start = 0;
  #end = 0;
  /** Bytes of the body that is being waited for; `undefined` while a header is. */
  #bodyBytes: number | undefined;
  /** Bytes of a refused body that are still to be dropped. */
  #toSkip = 0;
  #isLost = false;
  readonly #text = new TextDecoder();

  /** Takes the next bytes of the stream; answers what became complete, in order. */
  push(bytes: Uint8Array): readonly Frame[] {
    this.#append(bytes);
    const frames: Frame[] = [];
    while (this.#next(frames)) {
      // each turn consumes at least one byte
    }
    return frames;
  }

  /** Says whether the stream ended in the middle of a message, to be asked after its last byte. */
  end(): readonly Frame[] {
    const left = this.#end - this.#start + this.#toSkip;
    return left === 0 || this.#isLost
      ? []
      : [{ kind: 'problem', sentence: `The stream ended inside a message, ${left} bytes after its last whole one.` }];
  }

  #append(bytes: Uint8Array): void {
    const skipped = Math.min(this.#toSkip, bytes.length);
    this.#toSkip -= skipped;
    const rest = bytes.subarray(skipped);
    const used = this.#end - this.#start;
    if (this.#end + rest.length > this.#buffer.length) {
      const target = used + rest.length > this.#buffer.length ? new Uint8Array(2 * (used + rest.length)) : this.#buffer;
      target.set(this.#buffer.subarray(this.#start, this.#end), 0);
      this.#buffer = target;
      this.#start = 0;
      this.#end = used;
    }
    this.#buffer.set(rest, this.#end);
    this.#end += rest.length;
  }

  #next(frames: Frame[]): boolean {
    return this.#bodyBytes === undefined ? this.#header(frames) : this.#body(frames, this.#bodyBytes);
  }

  #header(frames: Frame[]): boolean {
    const pending = this.#buffer.subarray(this.#start, this.#end);
    const end = endOfHeader(pending);
    if (end === undefined) {
      // Without an end of header in sight there may still be garbage in front of the next header: drop it early.
      if (pending.length > MAXIMUM_HEADER_BYTES) {
        this.#lose(frames, `${pending.length} bytes came without the end of a message header`);
        this.#start = this.#end - 3;
        return true;
      }
      return false;
    }
    const header = this.#text.decode(pending.subarray(0, end));
    this.#start += end;
    const length = contentLength(header);
    if (length === undefined) {
      this.#lose(frames, `a message header has no readable Content-Length (${JSON.stringify(header.trim().slice(0, 40))})`);
      return true;
    }
    if (length > MAXIMUM_BODY_BYTES) {
      frames.push({ kind: 'problem', sentence: `A message of ${length} bytes was skipped; ${MAXIMUM_BODY_BYTES} are the most.` });
      const here = Math.min(length, this.#end - this.#start);
      this.#start += here;
      this.#toSkip = length - here;
      return true;
    }
    this.#isLost = false;
    this.#bodyBytes = length;
    return true;
  }

  #body(frames: Frame[], length: number): boolean {
    if (this.#end - this.#start < length) return false;
    const body = this.#text.decode(this.#buffer.subarray(this.#start, this.#start + length));
    this.#start += length;
    this.#bodyBytes = undefined;
    try {
      frames.push({ kind: 'message', value: JSON.parse(body) });
    } catch (error) {
      frames.push({
        kind: 'problem',
        sentence: `A message was skipped because it is not JSON: ${error instanceof Error ? error.message : String(error)}.`,
      });
    }
    return true;
  }

  #lose(frames: Frame[], what: string): void {
    if (!this.#isLost) frames.push({ kind: 'problem', sentence: `Bytes were skipped: ${what}.` });
    this.#isLost = true;
  }
}

/** The offset behind the first empty line (CR LF CR LF), or `undefined`. */
function endOfHeader(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(CARRIAGE_RETURN); at >= 0 && at + 3 < bytes.length; at = bytes.indexOf(CARRIAGE_RETURN, at + 1)) {
    if (bytes[at + 1] === LINE_FEED && bytes[at + 2] === CARRIAGE_RETURN && bytes[at + 3] === LINE_FEED) return at + 4;
  }
  return undefined;
}

/** The value of the header's last Content-Length; garbage in front of it on its own line is passed over. */
function contentLength(header: string): number | undefined {
  const at = header.toLowerCase().lastIndexOf(HEADER_NAME);
  if (at < 0) return undefined;
  const match = /^\s*:\s*(\d{1,15})\s*(?:\r\n|$)/.exec(header.slice(at + HEADER_NAME.length));
  return match === null ? undefined : Number(match[1]);
}
