import { tests } from "../../vitest.shared.ts"

export default tests("cli")
