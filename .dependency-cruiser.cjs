// The import rule (docs/decisions/0001-toolchain.md): a package imports only from rows below its own.
const plugins =
  "retry router circuit-breaker health timeout rate-limit quota cost hedge resume fallback".split(" ")
const observers = ["metrics", "otel", "logging"]
const adapters = ["openai", "fetch", "undici"]
const rows = [
  ["wire", "backoff", "histogram"],
  ["core"],
  [...plugins, ...observers, ...adapters, "redis", "testing"],
  ["bellwether"],
  ["config"],
]

const sourceOf = (names) => `^packages/(${names.join("|")})/`
const test = "(\\.test\\.ts$|^packages/[^/]+/test/)"

/** From a row, what stands in the same row (itself excepted) or above is out of reach. */
const rowRules = rows.map((row, height) => ({
  name: `row-${height}-imports-only-from-below`,
  comment: `${row.join(", ")}: import only from ${rows.slice(0, height).flat().join(", ") || "nothing of ours"}.`,
  severity: "error",
  from: { path: sourceOf(row) },
  to: { path: sourceOf(rows.slice(height).flat()), pathNot: ["^packages/$1/", "^packages/testing/"] },
}))

module.exports = {
  forbidden: [
    ...rowRules,
    {
      name: "every-package-has-a-row",
      comment: "Name the new package in the rows of .dependency-cruiser.cjs.",
      severity: "error",
      from: { path: "^packages/", pathNot: sourceOf(rows.flat()) },
      to: {},
    },
    {
      name: "testing-is-for-tests",
      severity: "error",
      from: { path: "^packages/", pathNot: [test, "^packages/testing/"] },
      to: { path: "^packages/testing/" },
    },
    {
      name: "only-tests-import-tests",
      severity: "error",
      from: { pathNot: [test, "^tests/"] },
      to: { path: test },
    },
    {
      name: "packages-do-not-know-who-uses-them",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^(apps|tests|benchmarks|scripts)/" },
    },
    {
      name: "apps-do-not-know-each-other",
      comment: "The command may start the other apps.",
      severity: "error",
      from: { path: "^apps/([^/]+)/", pathNot: "^apps/cli/" },
      to: { path: "^(apps|tests|benchmarks)/", pathNot: "^apps/$1/" },
    },
    {
      name: "packages-are-imported-by-name",
      comment: "A relative path into another workspace would put a second copy into a build.",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/src/" },
      to: {
        path: "^(packages|apps)/",
        pathNot: "^$1/$2/",
        dependencyTypes: ["local"],
        dependencyTypesNot: ["aliased-workspace"],
      },
    },
    {
      name: "no-cycles",
      comment: "Types may speak of each other; values may not wait for each other.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-unresolved-import", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|coverage)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@bellwether/source", "types", "import", "node", "default"],
    },
  },
}
