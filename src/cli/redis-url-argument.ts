import { Option } from "commander";
import { parseRedisUrl } from "../adapters/redis/address.ts";
import { errorMessage } from "./error-message.ts";

/**
 * The option for the URL of a Redis. One that is none is wrong usage, told without what may be credentials in it.
 *
 * @param flags `--redis <url>`.
 * @param fail ends the command with a message on standard error, as `Command.error` does.
 */
export function redisUrlOption(flags: string, description: string, fail: (message: string) => never): Option {
  const [name] = flags.split(" ");
  return new Option(flags, description).argParser((url) => {
    try {
      parseRedisUrl(url);
    } catch (error) {
      fail(`error: option '${name}' is no URL of a Redis. ${errorMessage(error)}`);
    }
    return url;
  });
}
