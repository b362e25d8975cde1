/** `EASEL_TESTS=all`: also what takes its time, such as many kills, long silences and large numbers. `npm run test:all`, `npm run faults`, CI. */
export const isThorough = process.env["EASEL_TESTS"] === "all"
