import { randomInt } from "node:crypto";
import { mergeValues, type SubstrateRecord, type SubstrateValues } from "../../domain/epoch/substrate.ts";
import { copyGroups, sameValues } from "../substrate-groups.ts";
import type { StoredRecord } from "./substrate-record.ts";

/**
 * A step this large at most leads from one revision to the next. Two writers that make different records of one, or of
 * one that a server forgot, do not arrive at the same revision, but for once in a million times.
 */
const MAX_STEP = 2 ** 20;

/** The updates of one contract, in their order. */
export interface MergeTask {
  readonly contract: string;
  readonly key: string;
  readonly updates: readonly SubstrateValues[];
}

/** What a task makes of a record. */
export interface Proposal extends MergeTask {
  readonly base: StoredRecord;
  /** The same object as `base` where nothing changes. */
  readonly next: StoredRecord;
  /** Groups that were older than what stood there. */
  readonly stale: number;
  /** Whether a group was written, be it with the values that stood there. */
  readonly written: boolean;
}

/** Merges the updates of a task into a record, one after the other. */
export function propose(task: MergeTask, base: StoredRecord): Proposal {
  let { record } = base;
  let stale = 0;
  let written = false;
  for (const values of task.updates) {
    const merged = mergeValues(record, values);
    stale += merged.stale;
    if (merged.stale < Object.keys(values).length) written = true;
    record = merged.record;
  }
  const next = sameValues(base.record, record) ? base : { rev: nextRevision(base.rev), record };
  return { ...task, base, next, stale, written };
}

/** A copy of a record that was never stored. */
export function firstStored({ terms, ...values }: SubstrateRecord): StoredRecord {
  return { rev: nextRevision(0), record: { terms: { ...terms }, ...copyGroups(values) } };
}

/** The revision of a record that was never stored is 0. */
export function nextRevision(rev: number): number {
  return rev + randomInt(1, MAX_STEP);
}
