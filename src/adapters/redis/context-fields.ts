import { type TrailPoint, trailPoint } from "../../domain/context/trail.ts";
import { FieldError } from "../../domain/stream/raw-fields.ts";
import { readDecimal, readInteger } from "./field-text.ts";
import { valueError } from "./reply-errors.ts";

/** The fields of a hash that holds counts and gauges. */
export class CountedFields {
  readonly #action: string;
  readonly #key: string;
  readonly #fields: Readonly<Partial<Record<string, string>>>;

  /** @param action completes "Cannot ...". */
  constructor(action: string, key: string, fields: Readonly<Partial<Record<string, string>>>) {
    this.#action = action;
    this.#key = key;
    this.#fields = fields;
  }

  /** 0 where the field is absent. @throws {StorageError} naming the key, where it is no whole number. */
  count(field: string): number {
    return this.#fields[field] === undefined ? 0 : this.#read(field, readInteger);
  }

  /** `null` where the field is absent. @throws {StorageError} naming the key, where it is no finite number. */
  gauge(field: string): number | null {
    return this.#fields[field] === undefined ? null : this.#read(field, readDecimal);
  }

  #read(field: string, read: (field: string, text: string | undefined) => number): number {
    try {
      return read(field, this.#fields[field]);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      throw valueError(this.#action, this.#key, `${error.required} as '${field}'`, this.#fields[field]);
    }
  }
}

/**
 * The points that the members of a trail stand for.
 *
 * @throws {StorageError} naming the key, where a member stands for none.
 */
export function readTrail(action: string, key: string, members: readonly string[]): readonly TrailPoint[] {
  return members.map((member) => {
    const point = trailPoint(member);
    if (point === undefined) throw valueError(action, key, "{ts}:{value} as members", member);
    return point;
  });
}

/**
 * The sequence that a producer's field holds; 0 where there is none.
 *
 * @throws {StorageError} naming the key, where it is no sequence.
 */
export function readSeq(action: string, key: string, producer: string, text: unknown): number {
  const fields = typeof text === "string" ? { [`seq:${producer}`]: text } : {};
  return new CountedFields(action, key, fields).count(`seq:${producer}`);
}
