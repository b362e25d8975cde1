/** Frames as MessagePack, for both sides. Apart from the rest, so that editors that speak JSON do not load it. */
export { binaryContent, decode } from "./decode.ts"
export { binaryHeader, encode, Writer } from "./encode.ts"
