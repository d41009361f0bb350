package io.nodejoin.testbed.bench;

import java.util.List;

/**
 * What a join costs besides its time, as medians over several.
 *
 * @param serviceCpuSeconds up to the close of the workflow, beyond what the process uses at rest
 * @param temporalCpuSeconds likewise
 */
record JoinCost(
        double temporalEvents,
        double workflowTasks,
        double activities,
        double localActivities,
        double serviceCpuSeconds,
        double temporalCpuSeconds,
        double agentCpuSeconds) {

    static JoinCost of(List<Join> joins, CpuTime restPerSecond) {
        return new JoinCost(
                Samples.medianOf(joins, join -> join.history().size().events()),
                Samples.medianOf(joins, join -> join.history().size().workflowTasks()),
                Samples.medianOf(joins, join -> join.history().size().activities()),
                Samples.medianOf(joins, join -> join.history().size().localActivities()),
                Samples.medianOf(joins, join -> join.usedBeyond(restPerSecond).service()),
                Samples.medianOf(joins, join -> join.usedBeyond(restPerSecond).temporal()),
                Samples.medianOf(joins, join -> join.usedBeyond(restPerSecond).agent()));
    }
}
