/** Whether the browser draws by a graphics processor. It says so only by refusing WebGL when it has none. */
export const isAccelerated = (): boolean => {
  const context = document.createElement("canvas").getContext("webgl", { failIfMajorPerformanceCaveat: true })
  context?.getExtension("WEBGL_lose_context")?.loseContext()
  return context !== null
}
