export { outage } from "./outage.ts"
