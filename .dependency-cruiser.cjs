/**
 * The rule of the house. Dependencies point down only:
 *
 *   cli, simulator  ->  anything
 *   adapters, workers, testing  ->  ports, domain
 *   ports  ->  types of domain
 *   domain  ->  domain, zod and ts-pattern
 */
const NODE_ALLOWED = "^src/(adapters/(redis|ws|capture|http)|cli|simulator)/";

/** @type {(name: string, from: string, to: string, comment: string) => object} */
const onlyTo = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from },
  to: { pathNot: to },
});

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-dev-dependency",
      severity: "error",
      comment: "published code may not import what users do not get",
      from: { path: "^src" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    {
      name: "no-node-in-portable-code",
      severity: "error",
      comment: "node: modules live in adapters/{redis,ws,capture,http}, cli and simulator",
      from: { path: "^src", pathNot: NODE_ALLOWED },
      to: { dependencyTypes: ["core"] },
    },
    onlyTo(
      "domain-is-pure",
      "^src/domain/",
      "^(src/domain/|node_modules/(zod|ts-pattern)/)",
      "domain imports only domain, zod and ts-pattern",
    ),
    onlyTo("ports-know-only-domain", "^src/ports/", "^src/(ports|domain)/", "ports import only types of domain"),
    {
      name: "ports-have-no-runtime",
      severity: "error",
      comment: "a port is an interface: importing it must load nothing",
      from: { path: "^src/ports/" },
      to: { path: "^src/domain/", dependencyTypesNot: ["type-only"] },
    },
    onlyTo(
      "workers-know-ports-and-domain",
      "^src/(workers|runtime)/",
      "^(src/(workers|runtime|ports|domain)/|node_modules/(zod|ts-pattern)/)",
      "a worker meets the world in ports",
    ),
    {
      name: "workers-do-not-import-each-other",
      severity: "error",
      comment: "workers meet in ports; what all of them need lies beside their folders",
      from: { path: "^src/workers/([^/]+)/" },
      to: { path: "^src/workers/[^/]+/", pathNot: "^src/workers/$1/" },
    },
    onlyTo("testing-knows-ports-and-domain", "^src/testing/", "^src/(testing|ports|domain)/", "suites run anywhere"),
    {
      name: "adapters-know-ports-and-domain",
      severity: "error",
      comment:
        "an adapter translates; it knows neither workers nor other adapters, only what lies beside their folders",
      from: { path: "^src/adapters/([^/]+)/" },
      to: { path: "^src/", pathNot: "^src/((adapters/$1|ports|domain)/|adapters/[^/]+\\.ts$)" },
    },
    {
      name: "portable-adapters-need-no-library",
      severity: "error",
      comment: "memory and system run anywhere with nothing installed",
      from: { path: "^src/adapters/(memory|system)/" },
      to: { path: "^node_modules/" },
    },
    {
      name: "rest-needs-fetch-alone",
      severity: "error",
      comment: "rest runs anywhere on fetch; zod, which runs anywhere too, reads what comes back",
      from: { path: "^src/adapters/rest/" },
      to: { path: "^node_modules/", pathNot: "^node_modules/zod/" },
    },
    {
      name: "root-entry-is-portable",
      severity: "error",
      comment: "the root entry carries domain, ports and workers, no adapter",
      from: { path: "^src/index\\.ts$" },
      to: { path: "^src/(adapters|cli|simulator|testing)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
