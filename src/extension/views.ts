// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { registerExecutionCommands } from './commands/executionCommands.js';
import { registerFormatCommands } from './commands/formatCommands.js';
import { registerMemoryCommands } from './commands/memoryCommands.js';
import { registerRowCommands } from './commands/rowCommands.js';
import { DebugRegistersView } from './debugRegisters/debugRegistersView.js';
import { registerSlotCommands } from './debugRegisters/slotCommands.js';
import type { ExtensionHost } from './extensionHost.js';
import { MemoryView } from './machine/memoryView.js';
import { ModulesView } from './modules/modulesView.js';
import type { SteptrapSessions } from './session/steptrapSessions.js';
import { registerSourceValues } from './sourceText/sourceValues.js';
import { DisassemblyDocuments } from './stepAnatomy/disassemblyDocuments.js';
import { StepAnatomyPanel } from './stepAnatomy/stepAnatomyPanel.js';
import { ChangedDecoration } from './tree/changedDecoration.js';
import { LockingControl } from './vcpus/lockingControl.js';
import { registerVcpuCommands } from './vcpus/vcpuCommands.js';
import { VcpusView } from './vcpus/vcpusView.js';

/** What was registered, and a view that others look at. */
interface RegisteredViews {
  readonly disposables: readonly vscode.Disposable[];
  readonly debugRegisters: DebugRegistersView;
}

/** Registers the views, their commands, and the values that sources show. */
export function registerViews(sessions: SteptrapSessions, host: ExtensionHost, extension: vscode.Uri): RegisteredViews {
  const { delay } = host;
  const vcpus = new VcpusView(sessions, delay);
  const registers = new DebugRegistersView(sessions, delay);
  const memory = new MemoryView(sessions, delay);
  const modules = new ModulesView(sessions, delay);
  const trees = [vcpus.tree, registers.tree, memory.tree, modules.tree];
  const disassembly = new DisassemblyDocuments(sessions);
  const anatomy = new StepAnatomyPanel(sessions, host, extension, disassembly);
  const tellPresence = (): void => {
    void vscode.commands.executeCommand('setContext', 'steptrap.hasSession', sessions.active.length > 0);
  };
  tellPresence();
  const disposables = [
    vcpus,
    registers,
    memory,
    modules,
    disassembly,
    anatomy,
    vscode.commands.registerCommand('steptrap.showStepAnatomy', () => anatomy.show()),
    new LockingControl(sessions, extension),
    vscode.window.registerFileDecorationProvider(new ChangedDecoration()),
    sessions.onDidStart(tellPresence),
    sessions.onDidEnd(tellPresence),
    ...registerVcpuCommands(sessions, vcpus, delay),
    ...registerExecutionCommands(sessions),
    ...registerFormatCommands(sessions),
    ...registerSlotCommands(sessions, registers.tree),
    ...registerRowCommands(sessions, trees),
    ...registerMemoryCommands(sessions, trees, disassembly),
    ...registerSourceValues(),
  ];
  return { disposables, debugRegisters: registers };
}
