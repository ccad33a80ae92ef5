import axe from "axe-core"
import { OpenAI } from "openai"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { buildPage, hasBrowser, launchBrowser } from "./browser.ts"
import { question, setUp } from "./stage.ts"
import type { Stage, StageOptions } from "./stage.ts"

/** The primary answers nothing but errors, and its circuit opens at the second. */
const outage: StageOptions = {
  faults: [{ kind: "error", error: "server-error" }],
  options: { circuitBreaker: { consecutiveFailures: 2, openMs: 60_000 } },
}

const ask = async ({ baseURL }: Stage): Promise<void> => {
  await new OpenAI({ baseURL, apiKey: "any" }).chat.completions.create(question)
}

describe.skipIf(!hasBrowser)("the status page in a browser", () => {
  let browser: Browser

  beforeAll(async () => {
    await buildPage()
    browser = await launchBrowser()
  }, 60_000)
  afterAll(() => browser?.close())

  /** Opens the page of a gateway; what it complains of is a fault. */
  async function open(
    { origin }: Stage,
    context: Parameters<Browser["newPage"]>[0] = {},
  ): Promise<{ page: Page; faults: string[] } & AsyncDisposable> {
    const page = await browser.newPage({ locale: "en-US", ...context })
    const faults: string[] = []
    page.on("pageerror", ({ message }) => faults.push(message))
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text())
    })
    await page.goto(`${origin}/status`)
    await page.getByRole("heading", { name: "primary", exact: true }).waitFor()
    return { page, faults, [Symbol.asyncDispose]: () => page.close() }
  }

  test("it tells of an outage while it lasts: the endpoint, its circuit, the calls that went around it", async () => {
    await using stage = await setUp(outage)
    await using opened = await open(stage)
    const { page, faults } = opened
    await page.getByText("Every endpoint takes calls.").waitFor()
    for (let calls = 0; calls < 4; calls++) await ask(stage)
    await page.getByText("Calls go around primary.").waitFor()
    const card = page.getByRole("article", { name: "primary" })
    await card.getByText("Unavailable").first().waitFor()
    await card.locator(".badge", { hasText: "Open" }).waitFor()
    await page.getByText("server-error").first().waitFor()
    const trouble = page.locator(".troubles summary").first()
    await trouble.focus()
    await page.keyboard.press("Enter")
    expect(await page.locator(".troubles ol li").count()).toBeGreaterThan(1)
    expect(faults).toEqual([])
  })

  test("it shows the newest troubles, and all to who asks", async () => {
    await using stage = await setUp({ ...outage, options: { circuitBreaker: false } })
    for (let calls = 0; calls < 14; calls++) await ask(stage)
    await using opened = await open(stage)
    const { page } = opened
    const shown = page.locator(".troubles > li")
    await page.getByRole("button", { name: "Show all 14" }).click()
    expect(await shown.count()).toBe(14)
    await page.getByRole("button", { name: "Show fewer" }).click()
    expect(await shown.count()).toBe(10)
  })

  test("it tells of a config that is wrong, and of what waits for a restart", async () => {
    await using stage = await setUp()
    stage.gateway.reload({ ...stage.config, gateway: { port: 1 } })
    stage.gateway.reloadFailed("endpoints must not be empty.")
    await using opened = await open(stage)
    const { page } = opened
    await page.getByText("in force after a restart: gateway.port").waitFor()
    expect(await page.getByRole("alert").innerText()).toContain("endpoints must not be empty.")
  })

  test("it goes on by itself when the gateway is back", async () => {
    const first = await setUp()
    await using opened = await open(first)
    await opened.page.getByText("Live").waitFor()
    const port = Number(new URL(first.origin).port)
    await first[Symbol.asyncDispose]()
    await opened.page.getByText("No connection to the gateway").waitFor()
    await using _second = await setUp({ gateway: { port } })
    await opened.page.getByText("Every endpoint takes calls.").waitFor()
    expect(await opened.page.getByText("No connection to the gateway").count()).toBe(0)
  })

  test("it speaks Chinese to those who do, and remembers what is chosen", async () => {
    await using stage = await setUp()
    await using opened = await open(stage, { locale: "zh-CN" })
    const { page } = opened
    await page.getByText("所有端点均可接收请求。").waitFor()
    expect(await page.locator("html").getAttribute("lang")).toBe("zh")
    await page.getByLabel("语言").selectOption("en")
    await page.getByText("Every endpoint takes calls.").waitFor()
    await page.reload()
    await page.getByText("Every endpoint takes calls.").waitFor()
  })

  test.each(["light", "dark"] as const)(
    "nothing bars anyone from reading it, in the %s",
    async (colorScheme) => {
      await using stage = await setUp({ ...outage, gateway: { status: { token: "a-token-for-tests" } } })
      for (let calls = 0; calls < 3; calls++) await ask(stage)
      await using opened = await open(stage, { colorScheme, bypassCSP: true })
      const { page } = opened
      await page.locator(".troubles summary").first().click()
      await page.addScriptTag({ content: axe.source })
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
        }
        const { violations: found } = await axe.run()
        return found.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])
      })
      expect(violations).toEqual([])
    },
  )

  test("it fits a phone", async () => {
    await using stage = await setUp(outage)
    await ask(stage)
    await using opened = await open(stage, { viewport: { width: 360, height: 740 } })
    const widths = await opened.page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ])
    expect(widths).toEqual([360, 360])
  })

  test("whoever knows the token takes a key out of use and back, by keyboard alone", async () => {
    await using stage = await setUp({ gateway: { status: { token: "a-token-for-tests" } } })
    await using opened = await open(stage)
    const { page } = opened
    expect(await page.getByRole("button", { name: /^Actions for/ }).count()).toBe(0)
    await page.getByLabel("Status token").fill("a-wrong-token")
    await page.keyboard.press("Enter")
    await page.getByText("Show the token").waitFor()
    await page.getByLabel("Status token").fill("a-token-for-tests")
    await page.keyboard.press("Enter")
    const press = async (name: string): Promise<void> => {
      await page.getByRole("button", { name, exact: true }).focus()
      await page.keyboard.press("Enter")
    }
    await page.getByRole("button", { name: /^Actions for primary/ }).focus()
    await page.keyboard.press("Enter")
    await press("Drain")
    await press("Yes")
    await page.getByText("Calls go around primary.").waitFor()
    await press("Release")
    await press("Yes")
    await page.getByText("Every endpoint takes calls.").waitFor()
  })

  test("no key stands in it, nor in what it reads", async () => {
    await using stage = await setUp({ ...outage, gateway: { status: { token: "a-token-for-tests" } } })
    await ask(stage)
    await using opened = await open(stage)
    const all = (await opened.page.content()) + (await (await fetch(`${stage.origin}/status.json`)).text())
    for (const secret of ["sk-primary", "sk-backup", "a-token-for-tests"]) expect(all).not.toContain(secret)
  })
})
