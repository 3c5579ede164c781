// SPDX-License-Identifier: MIT
import type { SettingName } from '../../dap/index.js';

/**
 * Defaults of launch settings that differ inside this editor from those of other clients. A guest's console is a serial line
 * that takes key presses, and only an editor's terminal gives them one by one.
 */
export const EDITOR_DEFAULTS: Partial<Readonly<Record<SettingName, unknown>>> = { console: 'integratedTerminal' };
