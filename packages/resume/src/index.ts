export type { How, ResumeOptions } from "./options.ts"
export { resume, StreamResumed } from "./resume.ts"
