import { spotProviderContract } from "../../src/testing/index.ts";
import { openMemorySpots } from "./memory-spot-server.ts";
import { vitestRunner } from "./memory-stores.ts";

spotProviderContract("memory", { runner: vitestRunner, open: () => openMemorySpots() });
