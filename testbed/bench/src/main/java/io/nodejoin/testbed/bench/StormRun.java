package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.nodejoin.testbed.bench.StormOutcomes.FailedJoin;
import java.util.List;

/**
 * One storm, and its peer right before it. Costs are those of one join, beyond what is used at rest.
 *
 * @param hosts that were requested
 * @param firstSeconds from the requests to the first event of success; 0 if there was none, like the others
 * @param medianSeconds to the event of success of one join
 * @param lastSeconds to the last one
 * @param wastedAttempts beyond the first of each join
 * @param straightLinePerSecond joins a second of the straight-line client
 * @param idleCpuPerSecond what is used in a second at rest, without hosts
 */
record StormRun(
        int hosts,
        double firstSeconds,
        double medianSeconds,
        double lastSeconds,
        List<FailedJoin> failed,
        int wastedAttempts,
        Cost cost,
        StormHistory history,
        double straightLinePerSecond,
        Cost straightLineCost,
        StormCpu idleCpuPerSecond) {

    StormRun {
        failed = List.copyOf(failed);
    }

    /**
     * What one join costs.
     *
     * @param apiCalls requests to the API server, whoever makes them, but those of kubelets
     * @param kubeletCalls those of its kubelet, with heartbeats
     */
    record Cost(StormCpu cpuSeconds, double apiCalls, double kubeletCalls) {

        /** @param used by so many joins together */
        static Cost of(Usage used, Usage idle, int joins) {
            Usage one = used.beyond(idle).times(1.0 / Math.max(1, joins));
            return new Cost(one.cpu(), one.apiCalls(), one.kubeletCalls());
        }
    }

    /** The measured peer. */
    record Peer(double perSecond, Usage used, int joins) {}

    /**
     * @param used from the requests until all workflows had ended
     * @param idle some time at rest before
     */
    static StormRun of(StormOutcomes outcomes, Usage used, StormHistory history, Peer peer, Usage idle) {
        List<Double> seconds = List.copyOf(outcomes.succeeded().values());
        Samples joins = new Samples(seconds.isEmpty() ? List.of(0.0) : seconds);
        return new StormRun(
                seconds.size() + outcomes.failed().size(),
                joins.quantile(0),
                joins.median(),
                joins.quantile(1),
                outcomes.failed(),
                outcomes.wastedAttempts(),
                Cost.of(used, idle, seconds.size()),
                history,
                peer.perSecond(),
                Cost.of(peer.used(), idle, peer.joins()),
                idle.cpu().times(1 / idle.seconds()));
    }

    /** Joins a second, up to the last one that has succeeded. */
    @JsonProperty
    double perSecond() {
        return lastSeconds == 0 ? 0 : (hosts - failed.size()) / lastSeconds;
    }

    /** To the straight-line client's rate. */
    @JsonProperty
    double ratio() {
        return perSecond() / straightLinePerSecond;
    }
}
