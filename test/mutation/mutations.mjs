/**
 * What keeps Easel safe, and what it is without it: each mutation takes one safeguard out of a source file, by its text,
 * and names the test that must fail then, and the words that its failure must have.
 */

/**
 * @typedef {object} Mutation
 * @property {string} without The safeguard.
 * @property {string} file
 * @property {string} text Stands in the file once.
 * @property {string} instead
 * @property {string} test
 * @property {string} title Of the tests that are run.
 * @property {RegExp} because In the message of the one that fails.
 */

const simulation = { test: "test/simulation/seedsA.test.ts", title: "whatever befalls a simulated cluster", because: /replays one/ }
const contract = { test: "test/integration/storeContract.test.ts", because: /./ }

/** @type {ReadonlyArray<Mutation>} */
export const mutations = [
  {
    without: "the fence of commits",
    file: "packages/store/src/Journal.ts",
    text: "f.epoch = b.epoch AND ",
    instead: "",
    ...contract,
    title: "J2: rows of another epoch"
  },
  {
    without: "the lease that a grant needs",
    file: "packages/store/src/Files.ts",
    text: "AND EXISTS (SELECT FROM shard_leases l WHERE l.shard_id = $2 AND l.address = $3)",
    instead: "AND $3::text IS NOT NULL",
    ...contract,
    title: "K1: a file is granted"
  },
  {
    without: "the de-duplication",
    file: "cluster/file/FileState.ts",
    text: "if (seen !== undefined) return resend(operation, hash, seen)",
    instead: "",
    test: "test/unit/file/fileState.test.ts",
    title: "A5",
    because: /./
  },
  {
    without: "the output gate",
    file: "cluster/file/FileActor.ts",
    text: "      inFlight.push(batch)\n",
    instead: "      inFlight.push(batch)\n      yield* publish(current, batch)\n",
    ...simulation
  },
  {
    without: "the isolation of poison",
    file: "packages/store/src/Journal.ts",
    text: "if (sqlState !== undefined && (isPoison(sqlState) || isUniqueViolation(sqlState))) return bisect(group, sqlState)",
    instead: "",
    ...contract,
    title: "J4: what the database refuses"
  },
  {
    without: "the catch-up without a gap",
    file: "cluster/file/FileReads.ts",
    text: ": [live(sinceSeq), missed]",
    instead: ": [live(seq)]",
    ...simulation
  },
  {
    without: "the look at the newest epoch before a read",
    file: "cluster/file/ownership.ts",
    text: "newest.epoch === epoch ? newest : \"replaced\"",
    instead: "newest",
    ...simulation
  }
]
