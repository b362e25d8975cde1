/** What the program says to those who do not know what to ask for. */
import { describe, expect, it } from "vitest"
import { complaintOf, easel } from "../harness/command.ts"

describe("easel", () => {
  it("lists its commands, those of a node and those that ask one", async () => {
    const help = await easel(["--help"])
    for (const name of ["start", "node", "migrate", "fsck", "files", "versions", "import", "export", "tail"]) expect(help).toMatch(new RegExp(`^  ${name} {2,}\\S`, "m"))
  })

  it("says which word it does not know and what is meant, and nothing more", async () => {
    expect(await complaintOf(["files", "lst"])).toMatch(/^\nERROR\n {2}Unknown subcommand "lst" for "easel files"\n\n {2}Did you mean this\?\n {4}list$/)
    expect(await complaintOf(["start", "--nodse", "3"])).toMatch(/^\nERROR\n {2}Unrecognized flag: --nodse in command easel start(\n\n {2}Did you mean this\?\n {4}--nodes)?$/)
  })

  it("takes a group of commands without one for a question", async () => {
    expect(await easel(["versions"])).toMatch(/^ {2}restore {2,}\S/m)
  })
})
