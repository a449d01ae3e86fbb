import { Pauses, type SilenceOptions } from "./pauses.ts";

/** A channel whose silence is very unlikely. */
export interface QuietChannel {
  readonly channel: string;
  /** When it last brought data. */
  readonly sinceAtMs: number;
}

interface Channel {
  readonly pauses: Pauses;
  /** When it last brought data, by the wall clock. */
  lastAtMs: number;
  /** When it was last told, monotonic, and how often since it last brought data. */
  toldMs: number;
  told: number;
}

/** Silence that goes on is told again, ever more seldom down to this. */
const TELL_AGAIN_MS = 600_000;

/**
 * Finds the channels of one link that have fallen silent against all they brought before. It may be that nothing is
 * published, as at the close; it may be that a subscription got lost: the link's other data and its pongs do not tell.
 * Silence is measured in monotonic time: a wall clock that is set makes none.
 */
export class QuietChannels {
  readonly #options: SilenceOptions;
  readonly #channels = new Map<string, Channel>();

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** Forgets all: another link, which holds what it was asked for. */
  reset(): void {
    this.#channels.clear();
  }

  /** Data of a channel came: at `atMs` by the wall clock, at `nowMs` in monotonic time. */
  arrived(name: string, atMs: number, nowMs: number): void {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = { pauses: new Pauses(), lastAtMs: atMs, toldMs: nowMs, told: 0 };
      this.#channels.set(name, channel);
    }
    channel.pauses.arrived(nowMs);
    channel.lastAtMs = atMs;
    channel.toldMs = nowMs;
    channel.told = 0;
  }

  /** Those that are to be looked after at `nowMs`, monotonic. */
  due(nowMs: number): readonly QuietChannel[] {
    const due: QuietChannel[] = [];
    for (const [name, channel] of this.#channels) {
      const unlikelyMs = channel.pauses.unlikelyMs(this.#options);
      if (unlikelyMs === undefined) continue;
      const waitMs = Math.min(unlikelyMs * 2 ** channel.told, Math.max(unlikelyMs, TELL_AGAIN_MS));
      if (nowMs - channel.toldMs < waitMs) continue;
      channel.toldMs = nowMs;
      channel.told += 1;
      due.push({ channel: name, sinceAtMs: channel.lastAtMs });
    }
    return due;
  }
}
