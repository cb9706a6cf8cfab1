/** Ends the run with one plain line that a script can read. */
export default class Summary {
  onTestRunEnd(modules, errors) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state) => tests.filter((test) => test.result().state === state).length;
    // A file that does not load has no tests, and still is a failure.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const line = `web: ${count('passed')} passed, ${count('failed') + broken} failed`;
    process.once('exit', () => process.stdout.write(`${line}\n`));
  }
}
