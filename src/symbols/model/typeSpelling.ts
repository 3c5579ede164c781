// SPDX-License-Identifier: MIT
import { MAXIMUM_TYPE_DEPTH, type Type } from './type.js';

/** `type` as C spells it: `struct node *`, `unsigned int[4]`, `int (*)(char, ...)`; with `name`, the declaration of it. */
export function spellType(type: Type, name = ''): string {
  return declare(type, name, 0);
}

/** Nested function types multiply: each level may have many parameters. */
const MAXIMUM_SPELLING_DEPTH = 12;
const MAXIMUM_SPELLED_PARAMETERS = 24;

/** Writes the declaration from the inside out, as C reads it. */
function declare(type: Type, declarator: string, depth: number): string {
  if (depth > MAXIMUM_TYPE_DEPTH) return joined('…', declarator);
  switch (type.kind) {
    case 'void':
      return joined('void', declarator);
    case 'base':
    case 'typedef':
      return joined(type.name, declarator);
    case 'unknown':
      return joined(type.name ?? '<unknown type>', declarator);
    case 'structure':
      return joined(type.name === undefined ? `${type.keyword} {…}` : `${type.keyword} ${type.name}`, declarator);
    case 'enumeration':
      return joined(type.name === undefined ? 'enum {…}' : `enum ${type.name}`, declarator);
    case 'qualified': {
      const { target } = type;
      // A qualified pointer has the qualifier after its star; anything else before its name.
      if (target.kind === 'pointer')
        return declare(target, declarator === '' ? type.qualifier : `${type.qualifier} ${declarator}`, depth + 1);
      // An array of constants that is itself constant says so once.
      const spelled = declare(target, declarator, depth + 1);
      return target.kind === 'array' && spelled.startsWith(`${type.qualifier} `) ? spelled : `${type.qualifier} ${spelled}`;
    }
    case 'pointer': {
      const star = type.form === 'pointer' ? '*' : type.form === 'reference' ? '&' : '&&';
      const isWord = /^\w/.test(declarator) && /^(const|volatile|restrict|_Atomic)\b/.test(declarator);
      const starred = `${star}${isWord ? ' ' : ''}${declarator}`;
      const { target } = type;
      return declare(target, target.kind === 'array' || target.kind === 'function' ? `(${starred})` : starred, depth + 1);
    }
    case 'array': {
      const lengths = type.dimensions.map(({ count }) => `[${count ?? ''}]`).join('');
      return declare(type.element, `${declarator}${lengths}`, depth + 1);
    }
    case 'function': {
      if (depth > MAXIMUM_SPELLING_DEPTH) return joined('…', declarator);
      const parameters = type.parameters.slice(0, MAXIMUM_SPELLED_PARAMETERS).map(parameter => declare(parameter, '', depth + 4));
      if (type.isVariadic) parameters.push('...');
      const list = parameters.length === 0 && type.isPrototyped ? 'void' : parameters.join(', ');
      return declare(type.result, `${declarator}(${list})`, depth + 1);
    }
  }
}

/** A specifier and its declarator; brackets stand close to the specifier as in `int[4]`. */
const joined = (specifier: string, declarator: string): string =>
  declarator === '' || declarator.startsWith('[') ? `${specifier}${declarator}` : `${specifier} ${declarator}`;
