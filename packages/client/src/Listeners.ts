/** Typed event listeners. A listener that throws does not keep the others from hearing. */
export class Listeners<Events extends object> {
  private readonly byName = new Map<keyof Events, Set<(event: never) => void>>()

  /** Returns the function that stops listening. */
  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): () => void {
    const listeners = this.byName.get(name) ?? new Set()
    this.byName.set(name, listeners)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of this.byName.get(name) ?? []) {
      try {
        // SAFETY: `on` only adds listeners of this name's event type under the name.
        ;(listener as (event: Events[Name]) => void)(event)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }
}
