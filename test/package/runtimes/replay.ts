import { openCapture } from "strikewire/capture";
import { openMemory } from "strikewire/memory";
import { SYSTEM_CLOCK } from "strikewire/system";
import { outcomeOf } from "./outcome.ts";

console.log(await outcomeOf(openMemory({ clock: SYSTEM_CLOCK }), openCapture("captures/synthetic.jsonl")));
