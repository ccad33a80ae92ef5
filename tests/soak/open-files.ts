/** How many files this process may have open at once; each of its connections is one. */
export function openFiles(): number {
  const { userLimits } = process.report.getReport() as {
    readonly userLimits?: { readonly open_files: { readonly soft: number | "unlimited" } }
  }
  const soft = userLimits?.open_files.soft
  return typeof soft === "number" ? soft : Infinity
}
