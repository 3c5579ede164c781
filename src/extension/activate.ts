// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { registerAssemblyLanguage } from './assembly/assemblyLanguage.js';
import { GuestConsoles } from './console/guestConsoles.js';
import type { ExtensionHost } from './extensionHost.js';
import { ConfigurationProvider } from './launch/configurationProvider.js';
import { LaunchProblems } from './launch/launchProblems.js';
import { BundledSamples } from './samples/bundledSamples.js';
import { OpenSample, type OpenSampleArguments } from './samples/openSample.js';
import { AdapterFactory } from './session/adapterFactory.js';
import { DEBUG_TYPE, SteptrapSessions } from './session/steptrapSessions.js';
import { registerViews } from './views.js';
import { FirstGuest, isWalkthrough } from './walkthrough/firstGuest.js';

/** Registers everything that the extension contributes; `host` is what differs between desktop and web. */
export function activateSteptrap(context: vscode.ExtensionContext, host: ExtensionHost): void {
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const log = own(vscode.window.createOutputChannel('Steptrap', { log: true }));
  const sessions = own(new SteptrapSessions());
  const problems = new LaunchProblems(log);
  own(vscode.debug.registerDebugAdapterDescriptorFactory(DEBUG_TYPE, new AdapterFactory(host, sessions, problems, log)));
  own(registerAssemblyLanguage());
  const { debugRegisters, disposables } = registerViews(sessions, host, context.extensionUri);
  context.subscriptions.push(...disposables);
  const consoles = own(new GuestConsoles(sessions, log));

  const samples = new BundledSamples(context.extensionUri);
  const provider = new ConfigurationProvider(samples, problems, log);
  const dynamic: vscode.DebugConfigurationProvider = { provideDebugConfigurations: folder => provider.dynamicConfigurations(folder) };
  own(vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, provider));
  own(vscode.debug.registerDebugConfigurationProvider(DEBUG_TYPE, dynamic, vscode.DebugConfigurationProviderTriggerKind.Dynamic));

  const firstGuest = own(new FirstGuest(context, sessions, debugRegisters.tree.view, log));
  void firstGuest.goOn();
  const openSample = new OpenSample(
    samples,
    vscode.Uri.joinPath(context.globalStorageUri, 'samples'),
    log,
    async ({ walkthrough }, folder) => {
      if (isWalkthrough(walkthrough)) await firstGuest.willOpen(walkthrough, folder);
    },
  );
  own(vscode.commands.registerCommand('steptrap.openSample', (given?: OpenSampleArguments) => openSample.run(given)));
  own(vscode.commands.registerCommand('steptrap.pickElf', () => provider.pickElf()));
  own(vscode.commands.registerCommand('steptrap.showGuestConsole', () => consoles.show()));
  own(vscode.commands.registerCommand('steptrap.showLog', () => log.show()));
}
