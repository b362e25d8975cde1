/**
 * Frames that leave in one turn of the event loop leave in one system call: those of all the calls, answers and
 * acknowledgements that one read from the socket brought about. Nothing waits longer than the turn takes, and no more
 * waits than the socket would buffer anyway.
 */
import type { Duplex } from "node:stream"

export const corked = <Socket extends Duplex>(socket: Socket): Socket => {
  const write = socket.write.bind(socket)
  // Only `fromDuplex` writes to it, with a chunk alone.
  socket.write = (chunk: Uint8Array): boolean => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    } else if (socket.writableLength + chunk.length >= socket.writableHighWaterMark) socket.uncork()
    return write(chunk)
  }
  return socket
}
