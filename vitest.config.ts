import { configDefaults, defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  test: {
    // Tests that need a Redis say so in their names. No server is started for a run without any of them.
    projects: [
      {
        extends: true,
        test: {
          name: "plain",
          include: ["test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, "test/**/*.redis.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "redis",
          include: ["test/**/*.redis.test.ts"],
          globalSetup: ["test/support/redis/global-setup.ts"],
        },
      },
    ],
    // Property tests and the CLI's child processes share two cores in CI: a generous bound, no retries.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: process.env["CI"] ? ["default", ["json", { outputFile: ".cache/test-results.json" }]] : ["default"],
  },
};
export default defineConfig(config) as ViteUserConfig;
