// SPDX-License-Identifier: MIT
import { LAUNCH_SETTINGS, type Setting } from './launchSettings.js';

/** The JSON schema of one launch attribute, as an editor's manifest wants it. */
export type AttributeSchema = Readonly<Record<string, unknown>>;

/** The JSON schema of every launch attribute, by name: what a manifest contributes so that launch files are completed and checked. */
export function launchSchema(): Readonly<Record<string, AttributeSchema>> {
  const table: Readonly<Record<string, Setting>> = LAUNCH_SETTINGS;
  return Object.fromEntries(Object.entries(table).map(([name, setting]) => [name, attributeSchema(setting)]));
}

function attributeSchema(setting: Setting): AttributeSchema {
  const common = { description: setting.description, ...('default' in setting ? { default: setting.default } : {}) };
  switch (setting.kind) {
    case 'file':
    case 'text':
      return { type: 'string', ...common };
    case 'address':
      return { type: ['string', 'integer'], pattern: '^(0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20})$', ...common };
    case 'choice':
      return { type: 'string', enum: Object.keys(setting.values), enumDescriptions: Object.values(setting.values), ...common };
    case 'flag':
      return { type: 'boolean', ...common };
    case 'count':
      return { type: 'integer', minimum: setting.minimum, maximum: setting.maximum, ...common };
    case 'size':
      return { type: ['string', 'integer'], pattern: '^[0-9]+[kKmMgG]?$', ...common };
    case 'symbolFiles':
      return {
        type: 'array',
        items: {
          anyOf: [
            { type: 'string' },
            {
              type: 'object',
              required: ['path'],
              properties: { path: { type: 'string' }, address: { type: 'string' } },
              additionalProperties: false,
            },
          ],
        },
        ...common,
      };
    case 'switches':
      return {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(setting.values).map(([name, description]) => [name, { type: 'boolean', description }]),
        ),
        additionalProperties: false,
        ...common,
      };
    case 'sourceMap':
      return { type: 'object', additionalProperties: { type: 'string' }, ...common };
  }
}
