import { createCaptureWriter, openCapture } from "strikewire/capture";

/** Copies the bundled capture into a compressed one, and prints what is read from that. */
const [, , copy = ""] = process.argv;
const { signal } = new AbortController();
const writer = await createCaptureWriter(copy, { gzip: true });
for await (const records of openCapture("captures/synthetic.jsonl").records(signal)) await writer.write(records);
await writer.close();
for await (const records of openCapture(copy).records(signal))
  for (const record of records) console.log(JSON.stringify(record));
