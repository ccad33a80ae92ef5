import { isStream, type Reply } from "../reply.ts"
import { answerFaults, type AnswerFault } from "./answer-faults.ts"
import { bodyFaults, type BodyFault } from "./body-faults.ts"
import { connectionFaults, type ConnectionFault } from "./connection-faults.ts"
import type { Family, Scene, Strike } from "./family.ts"
import { framingFaults, type FramingFault } from "./framing-faults.ts"
import { streamFaults, type StreamFault } from "./stream-faults.ts"
import type { When } from "./when.ts"

/** The provider stops listening: connections are refused, open ones are torn down. Only times apply to it. */
export interface RefuseFault {
  readonly kind: "refuse"
}

/** A fault that strikes one request. */
export type RequestFault = ConnectionFault | AnswerFault | BodyFault | StreamFault | FramingFault

/** Everything that can be wrong with a provider, as plain data: it can be kept in a file. */
export type Fault = RequestFault | RefuseFault

/** A fault, and when it strikes. */
export type FaultRule = Fault & {
  /** @default always */
  readonly when?: When
}

/** The name of a kind of fault. */
export type FaultKind = Fault["kind"]

const requestFaults: Family<RequestFault> = {
  ...connectionFaults,
  ...answerFaults,
  ...bodyFaults,
  ...streamFaults,
  ...framingFaults,
}

/** The kinds of all faults there are. */
export const faultKinds: readonly FaultKind[] = [
  "refuse",
  ...(Object.keys(requestFaults) as RequestFault["kind"][]),
]

/** What is known of a fault of this kind. */
export const strikeOf = ({ kind }: RequestFault): Strike<RequestFault> => requestFaults[kind]

/** Whether the fault can do anything to the reply: those of streams spare answers that are none. */
export const bears = (reply: Reply, { kind }: RequestFault): boolean =>
  !kind.startsWith("stream-") || isStream(reply)

/** The reply as the fault leaves it. */
export const strike = (reply: Reply, fault: RequestFault, scene: Scene): Reply =>
  strikeOf(fault).strike(reply, fault, scene)
