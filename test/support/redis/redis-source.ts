/** Where a Redis comes from: an address that was given, a container, a `redis-server` on the PATH, Debian's package. */
export type RedisKind = "url" | "docker" | "path" | "debian";

/** A server as its source hands it over. */
export interface StartedRedis {
  /** Has an address, not a name that might resolve to another one. May hold credentials: not for printing. */
  readonly url: string;
  /** What it runs in or on, for people. */
  readonly where: string;
  /** Ends what was started and removes what it left behind, whatever state it is in. Twice is once. */
  stop(): Promise<void>;
}

/** A server that nobody else uses, so that it may be made to fail. */
export interface StartedOwnRedis extends StartedRedis {
  /** Ends the server as an operator would, if it runs, and starts it again: same address, same data folder. */
  restart(): Promise<void>;
  /** Ends the server on the spot, as a crash would; `restart()` brings it back. */
  kill(): Promise<void>;
  /** Stops the server in its tracks, connections open, until `resume()` or, where `forMs` is given, for that long. */
  pause(forMs?: number): Promise<void>;
  /** Lets a paused server go on. */
  resume(): Promise<void>;
}

/** One way to come by a Redis. */
export interface RedisSource<Server extends StartedRedis> {
  readonly kind: RedisKind;
  /** Somebody asked for it by name: what is wrong with it is an error and no reason to look elsewhere. */
  readonly demanded: boolean;
  /**
   * @param args options of `redis-server`, as on its command line.
   * @throws what is wrong or missing, in a message of one line.
   */
  start(args: readonly string[]): Promise<Server>;
}

/** A source that had no Redis, and why. */
export interface PassedOver {
  readonly kind: RedisKind;
  readonly reason: string;
}

/** A server, and how it was come by. */
export interface ChosenRedis<Server extends StartedRedis> {
  readonly server: Server;
  readonly kind: RedisKind;
  /** `redis_version` of its INFO. */
  readonly version: string;
  readonly passedOver: readonly PassedOver[];
}
