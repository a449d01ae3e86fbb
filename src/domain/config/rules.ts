import { assetClassOf } from "../instrument/resource.ts";
import type { SettingName, StrikewireConfig } from "./strikewire-config.ts";
import { wsEndpoint } from "./ws-endpoint.ts";

/** How to write the name of a setting so that the user knows it. */
export type NameOf = (name: SettingName) => string;

/** A rule that settings keep together. */
export interface Rule {
  /** The setting that is reported. */
  readonly subject: SettingName;
  /** The others that it depends on. The rule is asked only where all of them are right by themselves. */
  readonly others: readonly SettingName[];
  /** What is allowed, in words that complete "must be", where the rule is broken. */
  readonly broken: (config: StrikewireConfig, nameOf: NameOf) => string | undefined;
}

type NumberName = {
  [Name in SettingName]: StrikewireConfig[Name] extends number ? Name : never;
}[SettingName];

const atLeast = (subject: NumberName, other: NumberName): Rule => ({
  subject,
  others: [other],
  broken: (config, nameOf) => {
    return config[subject] >= config[other] ? undefined : `at least ${nameOf(other)} (${config[other]})`;
  },
});

const atMost = (subject: NumberName, other: NumberName): Rule => ({
  subject,
  others: [other],
  broken: (config, nameOf) => {
    return config[subject] <= config[other] ? undefined : `at most ${nameOf(other)} (${config[other]})`;
  },
});

const below = (subject: NumberName, other: NumberName): Rule => ({
  subject,
  others: [other],
  broken: (config, nameOf) => {
    return config[subject] < config[other] ? undefined : `below ${nameOf(other)} (${config[other]})`;
  },
});

const oneFirehose: Rule = {
  subject: "wsShardCount",
  others: ["wsMode", "wsResources"],
  broken: ({ wsShardCount, wsMode, wsResources }, nameOf) => {
    // Option quotes have no wildcard: they are asked for one by one, each on one shard.
    const wholesale = wsResources.filter((resource) => resource !== "options_quotes");
    if (wsShardCount === 1 || wsMode !== "firehose" || wholesale.length === 0) return undefined;
    return `1 while ${nameOf("wsMode")} is firehose and ${nameOf("wsResources")} has ${wholesale.join(", ")}: every shard would receive all of it`;
  },
};

const classOfUrl: Rule = {
  subject: "wsResources",
  others: ["wsUrl"],
  broken: ({ wsUrl, wsResources }, nameOf) => {
    const { onlyClass } = wsEndpoint(wsUrl);
    if (onlyClass === undefined || wsResources.every((resource) => assetClassOf(resource) === onlyClass)) {
      return undefined;
    }
    return `a list of resource types of the asset class ${onlyClass} alone, because ${nameOf("wsUrl")} ends in /${onlyClass}`;
  },
};

/** All rules across settings. */
export const RULES: readonly Rule[] = Object.freeze([
  atMost("wsShardCount", "wsConnectionsPerClass"),
  oneFirehose,
  classOfUrl,
  atLeast("wsReconnectMaxSec", "wsReconnectDelaySec"),
  atLeast("chainIntervalMaxSec", "chainIntervalSec"),
  below("epochRenewSec", "epochTtlSec"),
  below("heartbeatIntervalSec", "heartbeatTtlSec"),
]);
