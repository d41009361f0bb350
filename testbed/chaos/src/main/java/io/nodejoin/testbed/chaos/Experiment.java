package io.nodejoin.testbed.chaos;

/** One kind of trouble. It leaves the bed up, with a service that has no fail point. */
interface Experiment {
    String name();

    Findings run(ChaosBed bed, Scale scale);
}
