// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { pathOfUri } from '../session/workspaceFiles.js';
import { buildOf, launchFileOf, parseSampleIndex, programsOf, type Sample, type SampleIndex, settingsOf } from './sampleIndex.js';

/** The samples in the extension's own folder. */
export class BundledSamples {
  #index: Promise<SampleIndex> | undefined;

  constructor(private readonly extensionUri: vscode.Uri) {}

  /** The list of samples; read once. */
  index(): Promise<SampleIndex> {
    this.#index ??= this.#read();
    return this.#index;
  }

  async #read(): Promise<SampleIndex> {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.extensionUri, 'samples', 'index.json'));
    return parseSampleIndex(new TextDecoder().decode(bytes));
  }

  /** A configuration for each built program, which runs where it lies; its sources are found beside it. */
  async configurations(): Promise<readonly (vscode.DebugConfiguration & { readonly description: string })[]> {
    const { samples } = await this.index();
    return samples.flatMap(sample =>
      programsOf(sample).map(program => ({
        ...settingsOf(sample, program),
        type: 'steptrap',
        request: 'launch',
        name: vscode.l10n.t('Sample {0} ({1})', sample.name, buildOf(program)),
        program: pathOfUri(vscode.Uri.joinPath(this.extensionUri, 'samples', sample.name, program)),
        description: sample.description,
      })),
    );
  }

  /** Copies a sample with its sources and a launch file into `target`, which is made if it is not there. What is built for `isa` is launched first. */
  async copy(sample: Sample, target: vscode.Uri, isa?: string): Promise<void> {
    const index = await this.index();
    const { fs } = vscode.workspace;
    const copyOne = async (from: readonly string[], to: readonly string[]): Promise<void> => {
      const bytes = await fs.readFile(vscode.Uri.joinPath(this.extensionUri, 'samples', ...from));
      await fs.writeFile(vscode.Uri.joinPath(target, ...to), bytes);
    };
    for (const folder of [index.shared.folder, '.vscode']) await fs.createDirectory(vscode.Uri.joinPath(target, folder));
    for (const file of sample.files) await copyOne([sample.name, file], [file]);
    for (const file of index.shared.files) await copyOne([index.shared.folder, file], [index.shared.folder, file]);
    const launchFile = new TextEncoder().encode(launchFileOf(sample, index, isa));
    await fs.writeFile(vscode.Uri.joinPath(target, '.vscode', 'launch.json'), launchFile);
  }
}
