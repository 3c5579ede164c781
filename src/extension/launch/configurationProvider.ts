// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { isUri } from '../../base/index.js';
import { checkLaunchConfiguration } from '../../dap/index.js';
import type { BundledSamples } from '../samples/bundledSamples.js';
import { DEBUG_TYPE } from '../session/steptrapSessions.js';
import { pathOfUri } from '../session/workspaceFiles.js';
import { findBootFiles } from './bootFiles.js';
import { EDITOR_DEFAULTS } from './editorDefaults.js';
import { withFolderUris, withUrisForPaths } from './folderPaths.js';
import type { LaunchProblems } from './launchProblems.js';

type Configuration = vscode.DebugConfiguration;
type Folder = vscode.WorkspaceFolder | undefined;

/** Something that can be run: how it is listed, and the configuration that runs it. */
interface Offer extends vscode.QuickPickItem {
  readonly configuration: Configuration;
}

/** Completes, makes up and checks launch configurations before a session starts. */
export class ConfigurationProvider implements vscode.DebugConfigurationProvider {
  constructor(
    private readonly samples: BundledSamples,
    private readonly problems: LaunchProblems,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The first launch.json: what the folder has that can boot, or one that asks. */
  async provideDebugConfigurations(folder: Folder): Promise<Configuration[]> {
    const offers = await this.#programs(folder);
    const configurations = offers.map(({ configuration }) => configuration);
    return configurations.length > 0 ? configurations : [askingConfiguration()];
  }

  /** The configurations that are listed without a launch.json: programs of the workspace, then samples. */
  async dynamicConfigurations(folder: Folder): Promise<Configuration[]> {
    return [...(await this.#programs(folder)), ...(await this.#sampleOffers())].map(({ configuration }) => configuration);
  }

  /** Before variables are replaced: makes up what is missing. */
  async resolveDebugConfiguration(folder: Folder, given: Configuration): Promise<Configuration | undefined> {
    // Without a launch.json, the editor asks with an empty configuration.
    const configuration = isWithoutProgram(given) ? await this.#choose(folder, given) : given;
    if (configuration === undefined) return undefined;
    const folders = (vscode.workspace.workspaceFolders ?? []).map(named);
    return asConfiguration(withFolderUris(configuration, folder === undefined ? folders[0] : named(folder), folders), configuration);
  }

  /** After variables are replaced: adds this editor's defaults and checks everything before a session exists. */
  async resolveDebugConfigurationWithSubstitutedVariables(folder: Folder, given: Configuration): Promise<Configuration | undefined> {
    const uri = (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri;
    const located =
      uri === undefined || !isUri(pathOfUri(uri))
        ? given
        : asConfiguration(
            withUrisForPaths(given, path => uri.with({ path }).toString()),
            given,
          );
    const configuration = withDefaults(located);
    const checked = checkLaunchConfiguration(configuration);
    if (checked.ok) return configuration;
    await this.problems.show(checked.error.message, { name: given.name, folder });
    return undefined;
  }

  /** Asks which ELF file of the workspace to debug; the answer is what a session is told to call it. */
  async pickElf(): Promise<string | undefined> {
    const files = await findBootFiles(this.log);
    if (files.length === 0) {
      const sentence = vscode.l10n.t('No bare-metal ELF file of this workspace was found; set "program" to the path of one.');
      void vscode.window.showWarningMessage(sentence);
      return undefined;
    }
    const picked = await vscode.window.showQuickPick(
      files.map(({ uri, text }) => ({ label: vscode.workspace.asRelativePath(uri), description: text, uri })),
      { title: vscode.l10n.t('Which program do you want to debug?'), matchOnDescription: true },
    );
    return picked === undefined ? undefined : pathOfUri(picked.uri);
  }

  async #choose(folder: Folder, given: Configuration): Promise<Configuration | undefined> {
    const programs = await this.#programs(folder);
    const samples = await this.#sampleOffers();
    const heading = (label: string): Offer => ({ label, kind: vscode.QuickPickItemKind.Separator, configuration: given });
    const items = [
      ...(programs.length > 0 ? [heading(vscode.l10n.t('in this workspace')), ...programs] : []),
      heading(vscode.l10n.t('samples')),
      ...samples,
    ];
    const placeHolder = vscode.l10n.t('Which guest do you want to debug?');
    const picked = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true, matchOnDetail: true });
    if (picked === undefined) return undefined;
    // What the user has set already stays as it is.
    const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
    return { ...picked.configuration, ...kept };
  }

  async #programs(folder: Folder): Promise<readonly Offer[]> {
    const files = await findBootFiles(this.log, folder);
    return files.map(({ uri, text }) => {
      const path = vscode.workspace.asRelativePath(uri, false);
      return {
        label: path,
        description: text,
        configuration: {
          type: DEBUG_TYPE,
          request: 'launch',
          name: vscode.l10n.t('Debug {0}', path),
          program: `${folderVariable(uri)}/${path}`,
          stopOnEntry: true,
        },
      };
    });
  }

  async #sampleOffers(): Promise<readonly Offer[]> {
    const configurations = await this.samples.configurations();
    return configurations.map(({ description, ...configuration }) => ({ label: configuration.name, detail: description, configuration }));
  }
}

/** `values` are those of `configuration`, changed. */
const asConfiguration = (values: Readonly<Record<string, unknown>>, { type, name, request }: Configuration): Configuration => ({
  ...values,
  type,
  name,
  request,
});

const named = (folder: vscode.WorkspaceFolder): { readonly name: string; readonly path: string } => ({
  name: folder.name,
  path: pathOfUri(folder.uri),
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: variables of launch files.
const [FOLDER, ASK] = ['${workspaceFolder}', '${command:AskForElf}'];

/** The variable of the folder that holds `uri`; with several folders, each is named. */
function folderVariable(uri: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder === undefined || vscode.workspace.workspaceFolders?.length === 1 ? FOLDER : `\${workspaceFolder:${folder.name}}`;
}

const isWithoutProgram = ({ request, program, kernel }: Configuration): boolean =>
  request !== 'attach' && (program === undefined || program === '') && kernel === undefined;

const askingConfiguration = (): Configuration => ({
  type: DEBUG_TYPE,
  request: 'launch',
  name: vscode.l10n.t('Debug a bare-metal program'),
  program: ASK,
  stopOnEntry: true,
});

/** A console in a terminal needs no debug console in front of it; who wants one says so. */
function withDefaults(given: Configuration): Configuration {
  const configuration: Configuration = { ...EDITOR_DEFAULTS, ...given };
  return configuration['console'] === 'integratedTerminal' ? { internalConsoleOptions: 'neverOpen', ...configuration } : configuration;
}
