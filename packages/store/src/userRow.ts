/** SQL that makes sure that a user has a row, for statements that begin with it: `WITH member AS (...)`. */

/** The row of the subject in this parameter. Nobody is asked for a name: tokens tell the names of those who come. */
export const ensuredUser = (parameter: string): string =>
  `INSERT INTO users (subject, name) VALUES (${parameter}, left(${parameter}, 255))
   ON CONFLICT (subject) DO UPDATE SET updated_at = now() RETURNING id`
