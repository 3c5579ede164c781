// SPDX-License-Identifier: MIT
import { createServer } from 'node:net';
import { encodeMessage, type Frame, MessageDecoder, WorkerSession } from '../dap/index.js';
import { NodeFiles } from './nodeHost.js';
import { startNodeWorker } from './nodeWorker.js';

/** The bytes of one client: standard input and output, or a socket. */
export interface ByteStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Serves one client in a worker of its own; resolves when both are gone. */
export function serveClient({ input, output }: ByteStreams): Promise<void> {
  return new Promise(resolve => {
    const session = new WorkerSession(new NodeFiles());
    const decoder = new MessageDecoder();
    const forward = (frames: readonly Frame[]): void => {
      for (const frame of frames) {
        if (frame.kind === 'message') session.receive(frame.value);
        else session.post(frame);
      }
    };
    input.on('data', (bytes: Uint8Array) => forward(decoder.push(bytes)));
    input.on('end', () => {
      forward(decoder.end());
      session.post({ kind: 'end' });
    });
    input.on('error', () => session.dispose());
    input.on('close', () => session.post({ kind: 'end' }));
    output.on('error', () => session.dispose());
    session.onDidSendMessage(message => output.write(encodeMessage(message)));
    session.onDidEnd(() => {
      input.removeAllListeners('data');
      input.pause();
    });
    const worker = startNodeWorker(new URL('./session.worker.js', import.meta.url), session);
    session.attach(worker);
    void worker.gone.then(resolve);
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
