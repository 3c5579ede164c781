// SPDX-License-Identifier: MIT
// usage: node out/scripts/vscode/serveWeb.js MAIN OPTIONS: serves a workbench without a server by the @vscode/test-web whose main script is
// MAIN, with its options as JSON, until it is ended. Its own command line opens a browser of its own as soon as there are tests to run.
import { createRequire } from 'node:module';

const [main = '', options = '{}'] = process.argv.slice(2);
const testWeb = createRequire(import.meta.url)(main) as { open(options: unknown): Promise<unknown> };
await testWeb.open(JSON.parse(options));
