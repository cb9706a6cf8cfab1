/** Ends the run with one plain line that a script can read. */
export default class Summary {
  passed = 0;
  failed = 0;

  onTestEnd(test, result) {
    if (test.outcome() === 'expected' && result.status === 'passed') this.passed += 1;
    else if (result.status !== 'skipped') this.failed += 1;
  }

  /** A fault outside any test, such as a server that does not start. */
  onError() {
    this.failed += 1;
  }

  async onExit() {
    process.stdout.write(`browser: ${this.passed} passed, ${this.failed} failed\n`);
  }
}
