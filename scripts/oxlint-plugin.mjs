// Two house rules no published linter has.

/** `new Date()` without arguments reads the wall clock; `new Date(ms)` only computes. */
const noAmbientDate = {
  create: (context) => ({
    NewExpression(node) {
      if (node.callee.name === "Date" && node.arguments.length === 0)
        context.report({ node, message: "Time comes from the injected clock: use `clock.date()`." })
    },
  }),
}

/** An index lists what it offers by name, so that the public surface is read in one place. */
const noExportStar = {
  create: (context) => ({
    ExportAllDeclaration(node) {
      context.report({ node, message: "Export each name explicitly instead of `export *`." })
    },
  }),
}

export default {
  meta: { name: "bellwether" },
  rules: { "no-ambient-date": noAmbientDate, "no-export-star": noExportStar },
}
