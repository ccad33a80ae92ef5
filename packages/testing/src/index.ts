export { seededRandom } from "@bellwether/core"
export { virtualClock } from "./virtual-clock.ts"
export type { VirtualClock, VirtualClockOptions } from "./virtual-clock.ts"
export { defaultModels, faultKinds, providerErrors, startHostileProvider } from "./hostile-provider/index.ts"
export type {
  Answerer,
  AnswerFault,
  BodyFault,
  ConnectionFault,
  DailyQuota,
  ExchangeEnding,
  Fault,
  FaultCycle,
  FaultKind,
  FaultRule,
  FramingFault,
  HostileProvider,
  HostileProviderOptions,
  InBandForm,
  Injection,
  KeyLimits,
  LoggedRequest,
  ProviderDialect,
  ProviderErrorName,
  ProviderRoute,
  ReceivedRequest,
  RefuseFault,
  ReplyPart,
  RequestFault,
  RetryHint,
  RetryHintForm,
  StreamFault,
  StreamPosition,
  When,
} from "./hostile-provider/index.ts"
export { scriptedFetch, scriptedProvider } from "./scripted-provider/scripted-provider.ts"
export type { ScriptedProvider, ScriptedProviderOptions } from "./scripted-provider/scripted-provider.ts"
export type { Script, ScriptedAnswer, ScriptLine } from "./scripted-provider/script.ts"
export { testPlugin } from "./conformance/test-plugin.ts"
export type { PluginTestOptions } from "./conformance/test-plugin.ts"
export { testStore } from "./conformance/test-store.ts"
export type { RegisterTest } from "./conformance/test-store.ts"
export type { StoreUnderTest } from "./conformance/store-cases.ts"
