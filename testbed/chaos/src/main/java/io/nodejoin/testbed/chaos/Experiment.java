package io.nodejoin.testbed.chaos;

/** One kind of trouble. It leaves the bed up, with a service that has no fail point. */
interface Experiment {
    String name();

    /** Whether it needs a wide bed. */
    default boolean isWide() {
        return false;
    }

    Findings run(ChaosBed bed, Scale scale);
}
