/** Keeps a run from starting anything new while it is paused; what was held goes on, in order, once it is not. Pure. */
export class Hold {
  isHeld = false;
  private readonly waiting: (() => void)[] = [];

  set(isHeld: boolean): void {
    this.isHeld = isHeld;
    if (!isHeld) for (const go of this.waiting.splice(0)) go();
  }

  /** Calls `go` once nothing is held any more. */
  whenFree(go: () => void): void {
    this.waiting.push(go);
  }
}
