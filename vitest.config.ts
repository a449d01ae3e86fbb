import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  test: {
    include: ["test/**/*.test.ts"],
    // Property tests and the CLI's child processes share two cores in CI: a generous bound, no retries.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: process.env["CI"] ? ["default", ["json", { outputFile: ".cache/test-results.json" }]] : ["default"],
  },
};
export default defineConfig(config) as ViteUserConfig;
