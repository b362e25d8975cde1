/** Work on a whole document in steps of a few milliseconds, so that who shares a thread lets others go on in between. */
export type Steps<A> = Generator<void, A>

/** All steps at once. */
export const finish = <A>(steps: Steps<A>): A => {
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/** Items with a pause after each group of so many. */
export function* eachInSteps<A>(items: Iterable<A>, perStep: number, work: (item: A) => void): Steps<void> {
  let count = 0
  for (const item of items) {
    work(item)
    if (++count % perStep === 0) yield
  }
}
