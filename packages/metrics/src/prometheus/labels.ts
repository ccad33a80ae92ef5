/** The labels that metrics have by themselves. */
export const ownLabels: ReadonlySet<string> = new Set(
  "endpoint key model tier outcome reason status state estimated unit budget le".split(" "),
)
