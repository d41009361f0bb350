package io.nodejoin.testbed.bench;

import java.util.List;
import java.util.function.ToDoubleFunction;

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
                median(joins, join -> join.history().size().events()),
                median(joins, join -> join.history().size().workflowTasks()),
                median(joins, join -> join.history().size().activities()),
                median(joins, join -> join.history().size().localActivities()),
                median(joins, join -> join.usedBeyond(restPerSecond).service()),
                median(joins, join -> join.usedBeyond(restPerSecond).temporal()),
                median(joins, join -> join.usedBeyond(restPerSecond).agent()));
    }

    private static double median(List<Join> joins, ToDoubleFunction<Join> figure) {
        return new Samples(joins.stream().map(figure::applyAsDouble).toList()).median();
    }
}
