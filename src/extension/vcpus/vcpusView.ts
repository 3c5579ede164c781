// SPDX-License-Identifier: MIT
import * as vscode from 'vscode';
import { Owner } from '../../base/index.js';
import type { Delay } from '../extensionHost.js';
import type { SteptrapSessions } from '../session/steptrapSessions.js';
import { SessionTree } from '../tree/sessionTree.js';
import { vcpuCounts, vcpuRows } from './vcpuRows.js';

/** The view "vCPUs": a row for each, with its state, where it stands and why. */
export class VcpusView extends Owner {
  readonly tree: SessionTree;

  constructor(sessions: SteptrapSessions, delay: Delay) {
    super();
    this.tree = this.own(
      new SessionTree(
        {
          viewId: 'steptrap.vcpus',
          read: async session => {
            const body = await session.request('steptrap/vcpus', {});
            const rows = vcpuRows(body, vscode.l10n);
            // A single vCPU has no others to lock.
            if (body.vcpus.length === 1) return { rows };
            const locking = vscode.l10n.t('scheduler locking: {0}', body.schedulerLocking);
            return { rows, description: [locking, vcpuCounts(body, vscode.l10n)].join(' · ') };
          },
          select: row => {
            if (row.context === 'fact' && row.place !== undefined)
              return { title: vscode.l10n.t('Go to Source'), command: 'steptrap.openSource', arguments: [row.place] };
            return row.context.startsWith('vcpu ready') || row.context.startsWith('vcpu frozen')
              ? { title: vscode.l10n.t('Focus vCPU'), command: 'steptrap.focusVcpu', arguments: [row.id] }
              : undefined;
          },
          rowOfThread: threadId => `vcpu/${threadId - 1}`,
        },
        sessions,
        delay,
      ),
    );
    this.own(
      sessions.onDidChangeVcpus(session => {
        if (session === sessions.focused) this.tree.invalidate();
      }),
    );
  }
}
