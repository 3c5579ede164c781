// SPDX-License-Identifier: MIT
import { createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { encodeMessage, type Frame, MessageDecoder } from '../dap/index.js';
import type { FromWorker, ToWorker } from './workerMessages.js';

/** The bytes of one client: standard input and output, or a socket. */
export interface ByteStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Serves one client in a worker of its own; resolves when both are gone. */
export function serveClient({ input, output }: ByteStreams): Promise<void> {
  return new Promise(resolve => {
    const worker = new Worker(new URL('./session.worker.js', import.meta.url));
    const decoder = new MessageDecoder();
    let isOver = false;
    const post = (message: ToWorker): void => {
      if (!isOver) worker.postMessage(message);
    };
    const forward = (frames: readonly Frame[]): void => {
      for (const frame of frames) post(frame.kind === 'message' ? { kind: 'message', message: frame.value } : frame);
    };
    const finish = (): void => {
      if (isOver) return;
      isOver = true;
      input.removeAllListeners('data');
      input.pause();
      void worker.terminate().then(() => resolve());
    };
    input.on('data', (bytes: Uint8Array) => forward(decoder.push(bytes)));
    input.on('end', () => {
      forward(decoder.end());
      post({ kind: 'end' });
    });
    input.on('error', finish);
    input.on('close', () => post({ kind: 'end' }));
    output.on('error', finish);
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ended') finish();
      else output.write(encodeMessage(message.message));
    });
    worker.on('error', error => {
      output.write(
        encodeMessage({
          type: 'event',
          seq: 0,
          event: 'output',
          body: { category: 'important', output: `The session's worker failed: ${error.message}\n` },
        }),
      );
      output.write(encodeMessage({ type: 'event', seq: 0, event: 'terminated' }));
      finish();
    });
    worker.on('exit', finish);
  });
}

/** Serves clients on 127.0.0.1, each in its own session; resolves with the port in use. */
export function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer(socket => {
      void serveClient({ input: socket, output: socket }).then(() => socket.destroy());
    });
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
