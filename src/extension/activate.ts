// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { registerAssemblyLanguage } from './assembly/assemblyLanguage.js';
import type { ExtensionHost } from './extensionHost.js';
import { AdapterFactory } from './session/adapterFactory.js';
import { DEBUG_TYPE, SteptrapSessions } from './session/steptrapSessions.js';
import { registerViews } from './views.js';

/** Registers everything that the extension contributes; `host` is what differs between desktop and web. */
export function activateSteptrap(context: vscode.ExtensionContext, host: ExtensionHost): void {
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const log = own(vscode.window.createOutputChannel('Steptrap', { log: true }));
  const sessions = own(new SteptrapSessions());
  own(vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, new AdapterFactory(host, sessions, log)));
  own(registerAssemblyLanguage());
  context.subscriptions.push(...registerViews(sessions, host));
}
