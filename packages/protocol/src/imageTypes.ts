/** The kinds of images that a file may have, by their media types. */
export const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/svg+xml"] as const

export type ImageType = (typeof imageTypes)[number]
