/**
 * Writes down, for the end of a long log, which tests failed and which needed a second try: a line each into the file
 * that `EASEL_VERDICT` names.
 */
import { appendFileSync } from "node:fs"
import type { Reporter, TestCase, TestModule } from "vitest/node"

export default class VerdictReporter implements Reporter {
  readonly #path = process.env["EASEL_VERDICT"]

  onTestCaseResult(test: TestCase): void {
    const { errors = [], state } = test.result()
    if (state === "failed") this.#write(`failed: ${nameOf(test)}: ${(errors[0]?.message ?? "").split("\n", 1)[0]}`)
    else if (test.diagnostic()?.flaky === true) this.#write(`second try: ${nameOf(test)}`)
  }

  onTestModuleEnd(module: TestModule): void {
    for (const error of module.errors()) this.#write(`failed: ${module.relativeModuleId}: ${error.message.split("\n", 1)[0]}`)
  }

  #write(line: string): void {
    if (this.#path !== undefined) appendFileSync(this.#path, `${line}\n`)
  }
}

const nameOf = (test: TestCase): string => `${test.module.relativeModuleId} > ${test.fullName}`
