// SPDX-License-Identifier: MIT

/** `make` for numbers that come again and again, such as instruction words: its answers are kept, `most` of them. They must depend on nothing else. */
export function rememberedByNumber<T>(most: number, make: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return key => {
    const answer = known.get(key);
    if (answer !== undefined) return answer;
    const made = make(key);
    if (known.size >= most) known.clear();
    known.set(key, made);
    return made;
  };
}
