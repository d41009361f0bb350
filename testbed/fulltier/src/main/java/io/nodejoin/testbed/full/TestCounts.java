package io.nodejoin.testbed.full;

/**
 * How the tests of a part went.
 *
 * @param run to their end, well or badly
 */
record TestCounts(int run, int failed, int skipped) {
    static final TestCounts NONE = new TestCounts(0, 0, 0);

    TestCounts plus(TestCounts other) {
        return new TestCounts(run + other.run, failed + other.failed, skipped + other.skipped);
    }
}
