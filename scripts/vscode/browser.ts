// SPDX-License-Identifier: MIT
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import type { Served } from './hosts.js';
import { removeTemporaryFolder, temporaryFolder } from './temporaryFolders.js';

/** No sandbox, because CI runs as root in a container; nothing that asks the network. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'].concat([
  '--disable-component-update',
  '--disable-sync',
  // Terminals draw text as text then, in a page without our settings, too.
  '--disable-3d-apis',
]);

/** Webviews come from origins of their own and need cookies there; only a profile can allow that, no argument does. */
const PREFERENCES = {
  profile: { cookie_controls_mode: 0, block_third_party_cookies: false, default_content_setting_values: { cookies: 1 } },
};

/** Tall, so that trees draw the rows that are looked for: rows out of sight are not on the page. */
export const VIEWPORT = { width: 1500, height: 1500 };

/** How long an expected state may take to appear, in milliseconds. */
const PATIENCE = 30_000;

/** A workbench's page: it finds nothing that another one has stored. */
export interface OpenPage {
  readonly page: Page;
  /** Keeps what the page shows and said. */
  keep(folder: string): Promise<void>;
  close(): Promise<void>;
}

/** A browser for pages that are open one after the other. What they load is in its cache, so that only the first one pays for it. */
export interface Browser {
  /** Opens a page; `prepare` runs before the workbench loads. */
  open(served: Served, prepare?: (page: Page) => Promise<void>): Promise<OpenPage>;
  close(): Promise<void>;
}

/** The configuration that the workbench without a server reads from its page. */
const CONFIGURATION = /(id="vscode-workbench-web-configuration" data-settings=")([^"]*)"/;

/** Puts settings into the page, because this workbench has no file that holds them; into the page of another folder, too. */
async function giveSettings(page: Page, { url, settings }: Served): Promise<void> {
  if (settings === undefined) return;
  const { origin, pathname } = new URL(url);
  const isWorkbench = (asked: URL): boolean => asked.origin === origin && asked.pathname === pathname;
  await page.route(isWorkbench, async route => {
    const response = await route.fetch();
    const body = (await response.text()).replace(CONFIGURATION, (_, head: string, escaped: string) => {
      const configuration = { ...JSON.parse(escaped.replaceAll('&quot;', '"')), configurationDefaults: settings };
      return `${head}${JSON.stringify(configuration).replaceAll('"', '&quot;')}"`;
    });
    await route.fulfill({ response, body });
  });
}

/** Part of the address of the service worker with which code-server makes its page an application to install. */
const APPLICATION_WORKER = '/_static/';

/**
 * Keeps that worker out. With one in control of the page's frames, VS Code's webviews wait for another to take control, and miss it when it has
 * already done so: they stay empty.
 */
async function leaveOutApplicationWorker(page: Page): Promise<void> {
  await page.addInitScript({
    content: `
      const { register } = ServiceWorkerContainer.prototype;
      ServiceWorkerContainer.prototype.register = function (script, options) {
        return String(script).includes('${APPLICATION_WORKER}')
          ? Promise.reject(new Error('This page is no application to install.'))
          : register.call(this, script, options);
      };`,
  });
}

/** What a page stores, in DevTools' words: all but the cache of what it loads. */
const STORAGE = 'cookies,file_systems,indexeddb,local_storage,service_workers,cache_storage';

/** Forgets what an earlier page from the same place has stored. */
async function forgetStorage(context: BrowserContext, page: Page, url: string): Promise<void> {
  const devTools = await context.newCDPSession(page);
  await devTools.send('Storage.clearDataForOrigin', { origin: new URL(url).origin, storageTypes: STORAGE });
  await devTools.detach();
}

async function openIn(context: BrowserContext, served: Served, prepare?: (page: Page) => Promise<void>): Promise<OpenPage> {
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', message => said.push(`${message.type()}: ${message.text()}`));
  page.on('requestfailed', request => said.push(`request failed: ${request.url()}: ${request.failure()?.errorText}`));
  page.on('pageerror', error => said.push(`error on the page: ${error.stack ?? error.message}`));
  try {
    await forgetStorage(context, page, served.url);
    await giveSettings(page, served);
    await leaveOutApplicationWorker(page);
    await prepare?.(page);
    // Whether the workbench is there is seen by what it shows.
    await page.goto(served.url, { waitUntil: 'commit' });
  } catch (error) {
    await page.close();
    throw error;
  }
  return {
    page,
    async keep(folder) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'console.log'), said.join('\n'));
      await page.screenshot({ path: join(folder, 'page.png') });
      writeFileSync(join(folder, 'page.txt'), await page.locator('body').innerText());
      const frames = page.frames().map(frame => `${frame.url()}\n`);
      writeFileSync(join(folder, 'frames.txt'), frames.join(''));
    },
    close: () => page.close(),
  };
}

/** Starts a browser with a profile of its own; `program` is its program. */
export async function startBrowser(program: string, viewport = VIEWPORT): Promise<Browser> {
  const profile = temporaryFolder('profile');
  mkdirSync(join(profile, 'Default'));
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(PREFERENCES));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    headless: true,
    args: ARGUMENTS,
    viewport,
    // A page into which settings were put counts as one from afar; its webviews come from this machine.
    permissions: ['clipboard-read', 'clipboard-write', 'local-network-access'],
  });
  context.setDefaultTimeout(PATIENCE);
  return {
    open: (served, prepare) => openIn(context, served, prepare),
    async close() {
      await context.close();
      removeTemporaryFolder(profile);
    },
  };
}

/** Opens a page in a browser of its own, which is closed with it. */
export async function openPage(program: string, served: Served, viewport = VIEWPORT): Promise<OpenPage> {
  const browser = await startBrowser(program, viewport);
  try {
    const opened = await browser.open(served);
    return { ...opened, close: browser.close };
  } catch (error) {
    // Nobody else has the browser, and the process would wait for it for ever.
    await browser.close();
    throw error;
  }
}
