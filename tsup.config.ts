import { defineConfig, type Options } from "tsup";

const shared: Options = {
  target: "node20",
  sourcemap: true,
  splitting: true,
  treeshake: true,
};

/** One entry per `exports` subpath; the file names are those that package.json points at. */
const library: Options = {
  ...shared,
  entry: {
    index: "src/index.ts",
    memory: "src/adapters/memory/index.ts",
    redis: "src/adapters/redis/index.ts",
    ws: "src/adapters/ws/index.ts",
    rest: "src/adapters/rest/index.ts",
    system: "src/adapters/system/index.ts",
    capture: "src/adapters/capture/index.ts",
    simulator: "src/simulator/index.ts",
    testing: "src/testing/index.ts",
  },
  format: ["esm", "cjs"],
  dts: true,
  // Both builds share the folder: the build script empties it once, before them.
  clean: false,
};

const cli: Options = { ...shared, entry: { "cli/main": "src/cli/main.ts" }, format: ["esm"], clean: false };

const config: Options[] = [library, cli];
export default defineConfig(config) as Options[];
