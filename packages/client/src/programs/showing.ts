/** What a program shows of who it is. */
import * as HttpClientRequest from "effect/http/HttpClientRequest"

export interface Shown {
  /** A JSON Web Token, or a ticket. */
  readonly token?: string | undefined
  /** The secret of a share link. */
  readonly link?: string | undefined
}

export const showing = ({ link, token }: Shown) => (request: HttpClientRequest.HttpClientRequest): HttpClientRequest.HttpClientRequest => {
  const signed = token === undefined ? request : HttpClientRequest.bearerToken(request, token)
  return link === undefined ? signed : HttpClientRequest.setHeader(signed, "easel-link", link)
}
