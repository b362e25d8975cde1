/** Entity tags (RFC 9110, 8.8.3): what a client has already is not sent again. */

/** Weak comparison (RFC 9110, 13.1.2): the tags here hold neither commas nor spaces. */
export const namesTag = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined && ifNoneMatch.split(",").some((tag) => {
    const named = tag.trim().replace(/^W\//, "")
    return named === "*" || named === etag
  })
