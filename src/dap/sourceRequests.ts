// SPDX-License-Identifier: MIT
import type { DebugProtocol } from '@vscode/debugprotocol';
import { hex } from '../base/index.js';
import { refuse, reply } from './errors.js';
import type { LaunchedGuest } from './launchedGuest.js';
import { launched, type Routes } from './requestRoute.js';
import type { Session } from './session.js';
import { anything, natural, object, optional, text } from './shape.js';
import { baseName } from './sourcePaths.js';

const SOURCE_OF = object({
  source: optional(object({ path: optional(text), sourceReference: optional(natural) })),
  sourceReference: optional(natural),
});
const PAGE = object({ startModule: optional(natural), moduleCount: optional(natural) });

/** Requests about the program's files. */
export const SOURCE_ROUTES: Routes = {
  source: launched(SOURCE_OF, async (guest, args, session) => {
    const reference = args.source?.sourceReference ?? args.sourceReference ?? 0;
    const path = reference > 0 ? session.missingSources.pathOf(reference) : args.source?.path;
    if (path === undefined)
      return refuse('unknownSource', reference > 0 ? `There is no source ${reference}.` : 'The request names no source.');
    const read = await guest.paths.read(path);
    if (read !== undefined) return reply({ content: read, mimeType: 'text/x-c' });
    const content = `${path} was not found. Set "sourceMap" in the launch configuration to where the sources lie, or use the Disassembly view.\n`;
    return reply({ content } satisfies DebugProtocol.SourceResponse['body']);
  }),

  loadedSources: launched(anything, async (guest, _args, session) => {
    const sources: DebugProtocol.Source[] = [];
    for (const source of guest.target.sources) sources.push(await protocolSource(session, guest, source.path));
    return reply({ sources });
  }),

  modules: launched(PAGE, (guest, args) => {
    const all = guest.target.modules.map(
      (module, index): DebugProtocol.Module => ({
        id: index + 1,
        name: baseName(module.path),
        path: module.path,
        symbolStatus: [
          module.hasDebugInformation ? 'Symbols and debug information loaded.' : 'Symbols loaded; there is no debug information.',
          ...module.problems.slice(0, 3),
        ].join(' '),
        ...(module.firstAddress === undefined ? {} : { addressRange: hex(module.firstAddress) }),
      }),
    );
    const start = args.startModule ?? 0;
    const count = args.moduleCount === undefined || args.moduleCount === 0 ? all.length : args.moduleCount;
    return reply({ modules: all.slice(start, start + count), totalModules: all.length });
  }),
};

/** The source that the debug information calls `debugPath`; one that cannot be read gets a reference under which its absence is explained. */
export async function protocolSource(session: Session, guest: LaunchedGuest, debugPath: string): Promise<DebugProtocol.Source> {
  const path = guest.paths.toClient(debugPath);
  if (await guest.paths.isReadable(path)) return { name: baseName(path), path };
  return {
    name: baseName(path),
    path,
    sourceReference: session.missingSources.referenceOf(path),
    presentationHint: 'deemphasize',
    origin: 'not found',
  };
}
