/** The bounds of what a browser keeps. Beyond the first three the outbox fails as named, and editing goes on. */

/** Operations of one page that wait: a day of edits without a server. `full`. */
export const operationsMax = 100_000

/** Their JSON, in UTF-16 units: far below what browsers grant a site, so that the disk is seldom the first to fail. `full`. */
export const unitsMax = 32 * 1024 * 1024

/** Milliseconds until the database must be open; browsers have been seen to never answer. `unavailable`. */
export const openMillisMax = 10_000

/** A chunk: a frame's worth of operations, and little enough to be written anew with every answer. */
export const chunkOperationsMax = 500
export const chunkUnitsMax = 128 * 1024
