// SPDX-License-Identifier: MIT
import { once } from 'node:events';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { HostKind } from '../../test/vscode/workbench/index.js';
import type { Installation } from './installation.js';
import { type OwnProcess, runToEnd, startOwnProcess } from './ownProcesses.js';
import { removeTemporaryFolder, temporaryFolder } from './temporaryFolders.js';

/** Without a slash at its end: with one the workbench does not find the extension in it. */
const root = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
/** Extensions that stand in for what the workbench lacks offline, and the one that tidies up between walks. */
const FIXTURES = ['hexeditor', 'tidy'];
const fixturePath = (name: string): string => join(root, 'test/vscode/fixtures', name);

const SERVE_WEB = fileURLToPath(new URL('serveWeb.js', import.meta.url));

/** What every workbench under test is set to: nothing that asks, loads from the network or covers the page. */
export const SETTINGS: Readonly<Record<string, unknown>> = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  // What pops up under a resting pointer would lie over the rows that are pressed next.
  'workbench.hover.delay': 600_000,
  // Text that is drawn as text can be read from the page.
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'explorer.compactFolders': false,
  'editor.minimap.enabled': false,
  // What moves is drawn many times a second.
  'workbench.reduceMotion': 'on',
  'editor.cursorBlinking': 'solid',
  // A walk finds nothing of the one before it.
  'workbench.editor.restoreViewState': false,
  'workbench.commandPalette.history': 0,
  // A stop gives the focus to the editor when its source is there, which may be while a walk types into the palette.
  'workbench.quickOpen.closeOnFocusLost': false,
};

/** How long a server may take until it answers, in milliseconds. */
const START_LIMIT = 60_000;

/** A workbench's address for one folder, for as long as it is needed. */
export interface Served {
  readonly url: string;
  /** Settings that the page must be given, where no file holds them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  end(): Promise<void>;
}

export interface ServeRequest {
  /** The folder to open. */
  readonly folder: string;
  /** A bundle that exports `run()`, inside the project: the workbench then runs the tests in it. */
  readonly tests?: string;
}

/** One kind of extension host to test in. */
export interface WorkbenchHost {
  readonly kind: HostKind;
  serve(request: ServeRequest): Promise<Served>;
  end(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A listening socket has no port.');
  return address.port;
}

/** Waits until a server answers; a server that ends before says so. */
async function untilAnswers(url: string, server: OwnProcess, log: string): Promise<void> {
  const end = Date.now() + START_LIMIT;
  for (;;) {
    if (server.process.exitCode !== null) throw new Error(`The server of ${url} ended with status ${server.process.exitCode}; see ${log}.`);
    const isReady = await fetch(url).then(
      response => response.ok,
      () => false,
    );
    if (isReady) return;
    if (Date.now() > end) throw new Error(`The server of ${url} did not answer within ${START_LIMIT / 1000} s; see ${log}.`);
    await wait(50);
  }
}

/** What a host of Node needs to start. */
type NodeInstallation = Pick<Installation, 'node' | 'codeServer'>;

/** The extension as it is packed, for hosts that have it as users do. */
export interface ExtensionPackage {
  /** The file to install. */
  readonly file: string;
  /** The folder with what is in it, for a host that installs nothing. */
  readonly contents: string;
}

/** Settings of a user who has none: what the tests need, and VS Code asks about trust as it does. */
const { 'security.workspace.trust.enabled': _trust, ...NEW_USER_SETTINGS } = SETTINGS;

/** Installs the package into a folder of extensions, as `code-server --install-extension` does for users. */
const installPackage = ({ node, codeServer }: NodeInstallation, { file }: ExtensionPackage, folders: readonly string[]): Promise<void> =>
  runToEnd(node, [codeServer, ...folders, '--install-extension', file], `${file} could not be installed`);

/**
 * VS Code with an extension host of Node: one server for all folders. `fixtures` are installed beside ours, by their folders' names. With
 * `asPackage`, ours is installed too, and VS Code is as a new user has it.
 */
export async function startNodeHost(
  installation: NodeInstallation,
  logs: string,
  { fixtures = FIXTURES, asPackage }: { readonly fixtures?: readonly string[]; readonly asPackage?: ExtensionPackage } = {},
): Promise<WorkbenchHost> {
  const state = temporaryFolder('node-host');
  const [data, extensions, config] = [join(state, 'data'), join(state, 'extensions'), join(state, 'config.yaml')];
  mkdirSync(join(data, 'User'), { recursive: true });
  // The address of a page names one extension under development; the others are installed.
  for (const fixture of fixtures) cpSync(fixturePath(fixture), join(extensions, `fixture.${fixture}-0.0.1`), { recursive: true });
  writeFileSync(config, 'auth: none\ncert: false\n');
  const settings = asPackage === undefined ? SETTINGS : NEW_USER_SETTINGS;
  writeFileSync(join(data, 'User', 'settings.json'), JSON.stringify(settings, undefined, 2));
  const folders = ['--user-data-dir', data, '--extensions-dir', extensions];
  if (asPackage !== undefined) await installPackage(installation, asPackage, folders);
  const port = await freePort();
  const authority = `127.0.0.1:${port}`;
  const log = join(logs, asPackage === undefined ? 'code-server.log' : 'code-server-package.log');
  const flags = ['--auth', 'none', '--disable-telemetry', '--disable-update-check']
    .concat(asPackage === undefined ? ['--disable-workspace-trust'] : [])
    .concat(['--disable-getting-started-override', '--ignore-last-opened', '--reconnection-grace-time', '1'])
    // Without this one the payload below is ignored in silence.
    .concat(['--vscode-option', 'enable-smoke-test-driver']);
  const server = startOwnProcess(
    installation.node,
    [installation.codeServer, '--config', config, '--bind-addr', authority, ...flags, ...folders],
    { log, env: { EXTENSIONS_GALLERY: '{"serviceUrl":""}' } },
  );
  await untilAnswers(`http://${authority}/healthz`, server, log);
  return {
    kind: 'node',
    serve({ folder, tests }) {
      const remote = (path: string): string => `vscode-remote://${authority}${path}`;
      const payload = asPackage === undefined ? [['extensionDevelopmentPath', remote(root)]] : [];
      if (tests !== undefined) payload.push(['extensionTestsPath', remote(tests)]);
      const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
      return Promise.resolve({ url: `http://${authority}/?${query}`, end: () => Promise.resolve() });
    },
    async end() {
      await server.end();
      removeTemporaryFolder(state);
    },
  };
}

/** VS Code with an extension host in a web worker: a server for each folder. With `asPackage`, ours is what is packed, and VS Code as a new user has it. */
export function startWebHost(installation: Installation, logs: string, asPackage?: ExtensionPackage): WorkbenchHost {
  const servers = new Set<OwnProcess>();
  // A browser knows what it has loaded by the port, too.
  let kept: number | undefined;
  let count = 0;
  return {
    kind: 'web',
    async serve({ folder, tests }) {
      kept ??= await freePort();
      const port = servers.size === 0 ? kept : await freePort();
      const log = join(logs, `test-web-${asPackage === undefined ? '' : 'package-'}${++count}.log`);
      const options = {
        browserType: 'none',
        host: 'localhost',
        port,
        quality: 'stable',
        commit: installation.testWebCommit,
        testRunnerDataDir: installation.testWebData,
        extensionDevelopmentPath: asPackage?.contents ?? root,
        extensionPaths: FIXTURES.map(fixturePath),
        extensionTestsPath: tests,
        folderPath: folder,
      };
      const server = startOwnProcess(process.execPath, [SERVE_WEB, installation.testWeb, JSON.stringify(options)], { log });
      servers.add(server);
      const url = `http://localhost:${port}/`;
      await untilAnswers(url, server, log);
      return {
        url,
        settings: asPackage === undefined ? SETTINGS : NEW_USER_SETTINGS,
        async end() {
          servers.delete(server);
          await server.end();
        },
      };
    },
    async end() {
      await Promise.all([...servers].map(server => server.end()));
    },
  };
}
