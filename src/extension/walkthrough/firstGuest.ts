// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import { isaOf } from '../samples/sampleIndex.js';
import type { SteptrapSession, SteptrapSessions } from '../session/steptrapSessions.js';

/** The architectures that have a walkthrough, by the last part of its id in the manifest. */
const WALKTHROUGHS = ['arm64', 'power'] as const;
export type WalkthroughName = (typeof WALKTHROUGHS)[number];

const WALKTHROUGH_OF_ISA: Readonly<Record<string, WalkthroughName>> = { aarch64: 'arm64', ppc64: 'power', ppc64le: 'power' };

/** What a person does in a walkthrough; each is a step of it, ticked by the context key `steptrap.firstGuest.<walkthrough>.<deed>`. */
type Deed = 'opened' | 'breakpoint' | 'started' | 'hit' | 'stepped' | 'seen' | 'ended';

/** What is kept while the window loads the folder of the sample. */
interface UnderWay {
  readonly walkthrough: WalkthroughName;
  /** The sample's folder, as a URI. */
  readonly folder: string;
  readonly isShown: boolean;
}
const UNDER_WAY = 'firstGuest';

/** The sample of the walkthroughs, and the line that they speak of by the words in it. */
export const FIRST_SAMPLE = { name: 'counter', source: 'counter.c', words: 'store counter' } as const;

export const isWalkthrough = (name: unknown): name is WalkthroughName => WALKTHROUGHS.some(known => known === name);

/**
 * The walkthroughs "Your first guest": notices what the person does and ticks its step off. Opening the sample loads the window anew; behind that, the
 * source is shown with the walkthrough beside it, which has the focus.
 */
export class FirstGuest extends Owner {
  constructor(
    private readonly context: Pick<vscode.ExtensionContext, 'globalState' | 'extension'>,
    sessions: SteptrapSessions,
    /** Says when the debug registers come into sight. */
    debugRegisters: vscode.TreeView<unknown>,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.own(vscode.workspace.onDidChangeWorkspaceFolders(() => this.goOn()));
    this.own(sessions.onDidStop(({ session, body }) => this.#stopped(session, body.reason, debugRegisters.visible)));
    this.own(sessions.onDidExit(({ session }) => this.#did(walkthroughOf(session), 'ended')));
    this.own(
      debugRegisters.onDidChangeVisibility(({ visible }) => {
        if (visible && sessions.focused?.stop !== undefined) this.#did(walkthroughOf(sessions.focused), 'seen');
      }),
    );
    this.own(vscode.debug.onDidChangeBreakpoints(({ added }) => this.#addedBreakpoints(added)));
  }

  /** The sample of a walkthrough is about to be opened from `folder`, which may end this extension host. */
  async willOpen(walkthrough: WalkthroughName, folder: vscode.Uri): Promise<void> {
    const underWay: UnderWay = { walkthrough, folder: folder.toString(), isShown: false };
    await this.context.globalState.update(UNDER_WAY, underWay);
  }

  /** Goes on where `willOpen` was called, if its folder is open now. */
  async goOn(): Promise<void> {
    try {
      await this.#showSample();
    } catch (error) {
      this.log.error(`The sample's source cannot be shown: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #showSample(): Promise<void> {
    const underWay = this.#underWay;
    if (underWay === undefined || underWay.isShown) return;
    const { walkthrough, folder } = underWay;
    const open = (vscode.workspace.workspaceFolders ?? []).find(({ uri }) => uri.toString() === folder);
    if (open === undefined) return;
    const source = vscode.Uri.joinPath(open.uri, FIRST_SAMPLE.source);
    await this.context.globalState.update(UNDER_WAY, { ...underWay, isShown: true } satisfies UnderWay);
    const document = await vscode.workspace.openTextDocument(source);
    const at = document.positionAt(document.getText().indexOf(FIRST_SAMPLE.words));
    const start = new vscode.Position(at.line, document.lineAt(at.line).firstNonWhitespaceCharacterIndex);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, start) });
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${this.context.extension.id}#${walkthrough}`, true);
    // A walkthrough takes notice only of what happens while its steps are known, which they are from now on.
    this.#did(walkthrough, 'opened');
  }

  get #underWay(): UnderWay | undefined {
    return this.context.globalState.get<UnderWay>(UNDER_WAY);
  }

  #addedBreakpoints(added: readonly vscode.Breakpoint[]): void {
    const { walkthrough } = this.#underWay ?? {};
    const isInSample = added.some(
      breakpoint => breakpoint instanceof vscode.SourceBreakpoint && breakpoint.location.uri.path.endsWith(`/${FIRST_SAMPLE.source}`),
    );
    if (isInSample) this.#did(walkthrough, 'breakpoint');
  }

  #stopped(session: SteptrapSession, reason: string, areRegistersSeen: boolean): void {
    const walkthrough = walkthroughOf(session);
    this.#did(walkthrough, 'started');
    if (reason === 'breakpoint') this.#did(walkthrough, 'hit');
    if (reason === 'step') this.#did(walkthrough, 'stepped');
    if (reason === 'step' && areRegistersSeen) this.#did(walkthrough, 'seen');
  }

  #did(walkthrough: WalkthroughName | undefined, deed: Deed): void {
    if (walkthrough !== undefined) void vscode.commands.executeCommand('setContext', `steptrap.firstGuest.${walkthrough}.${deed}`, true);
  }
}

/** The walkthrough of the architecture for which a sample's program was built. */
function walkthroughOf({ session }: SteptrapSession): WalkthroughName | undefined {
  const { program } = session.configuration;
  return WALKTHROUGH_OF_ISA[typeof program === 'string' ? (isaOf(program) ?? '') : ''];
}
