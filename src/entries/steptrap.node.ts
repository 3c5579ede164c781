// SPDX-License-Identifier: MIT
import { listen, serveClient } from './adapterServer.js';
import { helpText, type Invocation, parseCommandLine } from './commandLine.js';
import { debug } from './debugCommand.js';
import { demo } from './demoCommand.js';
import { VERSION } from './messageHost.js';
import { run } from './runCommand.js';

/** The status for bad usage and for an image that cannot run. */
const REFUSED = 2;

/** The command line: `steptrap run | dap | debug | demo`. */
async function main(words: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(words);
  if (!parsed.ok) return refuse(parsed.error.message);
  const invocation = parsed.value;
  switch (invocation.command) {
    case 'version':
      process.stdout.write(`steptrap ${VERSION}\n`);
      return 0;
    case 'help':
      process.stdout.write(`${helpText(invocation.about)}\n`);
      return 0;
    case 'dap':
      return dap(invocation);
    case 'run':
    case 'debug': {
      const ended = await (invocation.command === 'run' ? run(invocation) : debug(invocation));
      return ended.ok ? ended.value : refuse(ended.error.message);
    }
    case 'demo': {
      const shown = await demo();
      return shown.ok ? shown.value : refuse(shown.error.message);
    }
  }
}

function refuse(sentence: string): number {
  process.stderr.write(`steptrap: ${sentence}\n`);
  return REFUSED;
}

async function dap({ options }: Invocation): Promise<number> {
  const text = options['port'];
  if (text === undefined) {
    await serveClient({ input: process.stdin, output: process.stdout });
    return 0;
  }
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) return refuse(`The option --port takes a number from 0 to 65535, not "${text}".`);
  try {
    process.stderr.write(`steptrap: listening on 127.0.0.1:${await listen(port)}\n`);
  } catch (error) {
    return refuse(`Port ${port} cannot be used: ${error instanceof Error ? error.message : String(error)}.`);
  }
  return new Promise(() => undefined);
}

// A reader of our output that goes away (`| head`) ends the command quietly.
process.stdout.on('error', () => process.exit(0));

main(process.argv.slice(2)).then(
  status => {
    process.exitCode = status;
  },
  (error: unknown) => {
    process.stderr.write(`steptrap: an internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  },
);
