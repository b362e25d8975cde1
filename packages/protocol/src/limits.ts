/**
 * Every bound of the wire, with the reason for its value. Units stand last in the names.
 *
 * ARCHITECTURE.md repeats them in its limits table together with what happens when one is exceeded.
 */

/** One inbound frame, in bytes. Holds the largest value (256 KiB) with its JSON escapes, and 500 ordinary operations. */
export const frameBytesMax = 512 * 1024

/** One inbound frame before `subscribe`, in bytes: a stranger gets no more memory than this. */
export const handshakeBytesMax = 4 * 1024

/** Operations in one frame. Ten milliseconds of the actor's time; imports send several frames. */
export const frameOperationsMax = 500

/** Operations of one socket that wait for their commit. More are refused with `busy` until some are acknowledged. */
export const socketOperationsMax = 5_000

/** Unsent bytes of one socket. Beyond it the socket is closed with 4008 and the editor comes back with `sinceSeq`. */
export const outboxBytesMax = 1024 * 1024

/** Operations of one file, of all sockets of a node, that wait to be sent to the actor. */
export const hubOperationsMax = 50_000

/**
 * What of a file is shown before it is saved, while the database is away, in bytes of its frames and milliseconds since
 * it went: beyond either the file is read-only until it is back. Every node that has the file open keeps those frames.
 */
export const tentativeBytesMax = 2 * 1024 * 1024
export const tentativeMillisMax = 10 * 60_000

/** Operations replayed to an editor that names `sinceSeq`; one that missed more gets a snapshot. */
export const catchUpOperationsMax = 5_000

/** Longest `userId` and `userName`, in characters. */
export const userTextCharsMax = 128

/** Longest token or link secret, in characters: it must fit the first frame. */
export const secretCharsMax = 3_072

/** JSON of one presence update, in bytes: a cursor, a viewport and a selection of about 400 ids. */
export const presenceBytesMax = 16 * 1024

/** Presence frames to the others, per second and file. */
export const presenceHertz = 30

/** Milliseconds between pings of the server, and the silence after which a socket is dead. */
export const pingIntervalMillis = 20_000
export const silenceMillisMax = 40_000

/** Milliseconds that a socket may stay open without `subscribe`, as long as the server finds time to look. */
export const handshakeMillisMax = 5_000

/** Frames that a message may be split into. Browsers split a message of half a megabyte into a few. */
export const messageFragmentsMax = 128

/** Pieces in which the network may deliver what is not yet a whole frame: half a megabyte, 64 bytes at a time. */
export const frameChunksMax = 8_192

/** Connections of one user id to one node that have a file open. */
export const userConnectionsMax = 200

/** What one connection may send a second, and for how many seconds at once after it was quiet: every server allows it. */
export const framesPerSecond = 200
export const framesBurstSeconds = 2
export const operationsPerSecond = 5_000
export const operationsBurstSeconds = 4

/** What a user may send by all connections, in connections that send as much as one may. */
export const userConnectionsWorth = 5

/** Milliseconds that a socket may go on sending more than it may before it is closed with 4029, and frames meanwhile. */
export const excessMillisMax = 10_000
export const excessFramesMax = 10_000

/** Bad messages of one socket within ten seconds before it is closed with 4029. */
export const badMessagesMax = 100

/** Timestamps further ahead of the server's clock than this are clamped to it, in milliseconds. */
export const timestampAheadMillisMax = 1_000

/** Longest text of a comment, in characters, and whom one may mention. A first frame of a thread fits the smallest budget. */
export const commentCharsMax = 10_000
export const commentMentionsMax = 20

/** Longest reaction, in characters: an emoji of many parts, or a short word. */
export const reactionCharsMax = 32

/** Different reactions to one comment, and users of each. Every change of the comment tells them all. */
export const commentReactionsMax = 20
export const reactionUsersMax = 200

/** Threads of a file and replies in a thread, deleted ones not counted. A page with a pin for each is still usable. */
export const fileThreadsMax = 5_000
export const threadRepliesMax = 500

/** Comments in one page of a file's comments, and characters of their JSON: one frame, far below the budget of a socket. */
export const pageCommentsMax = 200
export const pageCommentCharsMax = 200_000

/** Longest file name, in characters. */
export const fileNameCharsMax = 255

/** One image of a file, in bytes: a photograph as cameras write them. It is in memory once while it is checked and stored. */
export const assetBytesMax = 20 * 1024 * 1024

/** Pixels of one image. Whoever paints it holds four bytes of each. */
export const assetPixelsMax = 50_000_000

/** Images of one file. */
export const fileAssetsMax = 1_000

/** Pixels of an export as PNG, and of its longer side. */
export const exportPixelsMax = 50_000_000
export const exportSidePixelsMax = 16_384

/** Objects that an export may name. Their ids stand in the address. */
export const exportObjectsMax = 100

/** Images within one export, in bytes. */
export const exportAssetBytesMax = 32 * 1024 * 1024

/** A file whose thumbnail or export is made, as JSON, in bytes: 60,000 objects, more or less. */
export const exportDocumentBytesMax = 64 * 1024 * 1024

/** The longer side of an image's thumbnail, in pixels. */
export const thumbnailPixelsMax = 256

/** The longer side of a file's thumbnail, in pixels: what a list of files shows, on dense screens. */
export const fileThumbnailPixelsMax = 640
