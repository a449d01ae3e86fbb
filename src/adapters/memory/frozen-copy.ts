/**
 * A deep copy of plain data (objects, arrays, primitives) that nobody can change, so that one copy serves the store and
 * all of its readers.
 */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  const copy = Array.isArray(value)
    ? value.map(frozenCopy)
    : Object.fromEntries(Object.entries(value).map(([name, field]) => [name, frozenCopy(field)]));
  return Object.freeze(copy) as T;
}
