// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { plainMessage } from '../markdownText.js';
import type { BundledSamples } from './bundledSamples.js';
import type { Sample } from './sampleIndex.js';

/** What the command may be told by who runs it without asking. */
export interface OpenSampleArguments {
  readonly sample?: string;
  /** The folder into which the sample's own folder is put. */
  readonly parent?: vscode.Uri;
  /** The instruction set whose program is launched first, as the programs' names have it. */
  readonly isa?: string;
  /** The walkthrough that asks for the sample. */
  readonly walkthrough?: string;
}

/** The command "Steptrap: Open Sample": copies a sample into a folder of its own and opens that. */
export class OpenSample {
  constructor(
    private readonly samples: BundledSamples,
    /** Where samples go that are nobody's project. */
    private readonly storage: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
    /** Is called before the sample's folder is opened, by which this window may load anew. */
    private readonly willOpen: (given: OpenSampleArguments, folder: vscode.Uri) => Promise<void>,
  ) {}

  async run(given: OpenSampleArguments = {}): Promise<vscode.Uri | undefined> {
    const sample = await this.#pickSample(given.sample);
    if (sample === undefined) return undefined;
    const parent = given.parent ?? (await this.#pickParent());
    if (parent === undefined) return undefined;
    const target = await freshFolder(parent, sample.name);
    try {
      await this.samples.copy(sample, target, given.isa);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.log.error(`Sample ${sample.name} cannot be written to ${target.toString()}: ${cause}`);
      void vscode.window.showErrorMessage(plainMessage(vscode.l10n.t('The sample cannot be written to {0}: {1}', target.path, cause)));
      return undefined;
    }
    this.log.info(`Sample ${sample.name} is in ${target.toString()}.`);
    await this.willOpen(given, target);
    await openFolder(target);
    return target;
  }

  async #pickSample(name: string | undefined): Promise<Sample | undefined> {
    const { samples } = await this.samples.index();
    if (name !== undefined) return samples.find(sample => sample.name === name);
    const picked = await vscode.window.showQuickPick(
      samples.map(sample => ({ label: sample.name, detail: sample.description, sample })),
      { title: vscode.l10n.t('Open a sample'), placeHolder: vscode.l10n.t('Which guest do you want to debug?'), matchOnDetail: true },
    );
    return picked?.sample;
  }

  async #pickParent(): Promise<vscode.Uri | undefined> {
    const kept = { label: vscode.l10n.t('A folder that Steptrap keeps'), detail: this.storage.path, choose: async () => this.storage };
    const chosen = {
      label: vscode.l10n.t('Choose a folder…'),
      detail: vscode.l10n.t('The sample gets a folder of its own in it.'),
      choose: async () => {
        const [folder] = (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false })) ?? [];
        return folder;
      },
    };
    const picked = await vscode.window.showQuickPick([kept, chosen], { title: vscode.l10n.t('Where to put the sample') });
    return picked?.choose();
  }
}

/** A folder of `parent` named `name`, or `name-2` and so on, that does not exist yet. */
async function freshFolder(parent: vscode.Uri, name: string): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const uri = vscode.Uri.joinPath(parent, number === 1 ? name : `${name}-${number}`);
    try {
      await vscode.workspace.fs.stat(uri);
    } catch {
      return uri;
    }
  }
}

/** Opens the folder here if nothing is open; asks otherwise. */
async function openFolder(uri: vscode.Uri): Promise<void> {
  const open = (where: 'here' | 'newWindow') => () =>
    vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: where === 'newWindow', forceReuseWindow: where === 'here' });
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    await open('here')();
    return;
  }
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('Add to this workspace'),
        run: () => Promise.resolve(vscode.workspace.updateWorkspaceFolders(folders.length, 0, { uri })),
      },
      { label: vscode.l10n.t('Open in this window'), run: open('here') },
      { label: vscode.l10n.t('Open in a new window'), run: open('newWindow') },
    ],
    { title: vscode.l10n.t('The sample is in {0}', uri.path) },
  );
  await picked?.run();
}
