/** Asks until it is answered, with a growing pause; one question at a time. */
export class Asking {
  private readonly longest = 5000;
  private asking = false;
  private wanted = false;

  /**
   * @param ask Asks once; true when it was taken.
   * @param mayAsk Whether there is anybody to ask; who becomes ready later calls `start` again.
   */
  constructor(
    private readonly ask: () => Promise<boolean>,
    private readonly mayAsk: () => boolean,
  ) {}

  start(): void {
    this.wanted = true;
    if (!this.asking) void this.run();
  }

  private async run(): Promise<void> {
    this.asking = true;
    for (let pause = 100; this.wanted && this.mayAsk(); ) {
      this.wanted = false;
      if (await this.ask().catch(() => false)) {
        pause = 100;
        continue;
      }
      this.wanted = true;
      await new Promise(resolve => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, this.longest);
    }
    this.asking = false;
  }
}
