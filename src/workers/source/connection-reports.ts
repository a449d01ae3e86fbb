import type { ConnectionReport } from "../../domain/connection/connection-protocol.ts";
import type { Logger } from "../../ports/logger.ts";

/** Says what a connection has to report, to whoever operates it. */
export function logReport(logger: Logger, connection: string, report: ConnectionReport): void {
  switch (report.kind) {
    case "disconnected": {
      const { reason, code, message, retryInMs } = report;
      const fields = { connection, reason, code: code ?? null, retry_in_ms: retryInMs ?? null };
      if (reason === "ours") logger.info(message, fields);
      else logger.warn(message, fields);
      return;
    }
    case "refused": {
      const { message, unconfirmed } = report;
      logger.warn("The provider refuses something and does not say what", {
        connection,
        said: message,
        unconfirmed: unconfirmed.length,
        topics: shownTopics(unconfirmed),
      });
      return;
    }
    case "unconfirmed": {
      const { topics, asks } = report;
      logger.warn("Topics were never confirmed: they are asked for again every few minutes only", {
        connection,
        unconfirmed: topics.length,
        topics: shownTopics(topics),
        asks,
      });
      return;
    }
    case "unknownStatus": {
      const { status, message } = report;
      logger.warn("The provider sent a status that is not known", { connection, status, said: message ?? null });
    }
  }
}

const MAX_SHOWN = 20;

function shownTopics(topics: readonly string[]): string {
  const shown = topics.slice(0, MAX_SHOWN).join(" ");
  return topics.length > MAX_SHOWN ? `${shown} and ${topics.length - MAX_SHOWN} more` : shown;
}
