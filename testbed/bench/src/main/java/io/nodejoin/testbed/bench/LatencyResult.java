package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * One run of the latency measurement. The first round is not among the samples: its Nodejoin service has just started.
 *
 * @param kubeadm (a) kubeadm join with a signed token, to Ready
 * @param baseline (b) systemctl start kubelet to Ready, everything in place
 * @param nodejoin (c) Kafka record to Ready
 * @param succeeded Kafka record to the event of the join's success
 * @param agentMegabytes resident memory of an agent that has waited all the time
 * @param serviceMegabytes resident memory of the idle service
 */
record LatencyResult(
        First first,
        Samples kubeadm,
        @JsonProperty("floor") Samples baseline,
        Samples nodejoin,
        Samples succeeded,
        JoinCost cost,
        double agentMegabytes,
        double serviceMegabytes)
        implements BenchBed.Report {

    /** Seconds of the first round. */
    record First(double kubeadm, @JsonProperty("floor") double baseline, double nodejoin, double succeeded) {}

    /** Seconds to Ready one way and the other, and the join through Nodejoin. */
    record Round(double kubeadm, double baseline, Join join) {}

    /** @param rounds the first and at least one more */
    static LatencyResult of(List<Round> rounds, CpuTime restPerSecond, double agentMegabytes, double serviceMegabytes) {
        Round cold = rounds.getFirst();
        List<Round> warm = rounds.subList(1, rounds.size());
        return new LatencyResult(
                new First(
                        cold.kubeadm(),
                        cold.baseline(),
                        cold.join().secondsToReady(),
                        cold.join().secondsToSucceeded()),
                samples(warm, Round::kubeadm),
                samples(warm, Round::baseline),
                samples(warm, round -> round.join().secondsToReady()),
                samples(warm, round -> round.join().secondsToSucceeded()),
                JoinCost.of(warm.stream().map(Round::join).toList(), restPerSecond),
                agentMegabytes,
                serviceMegabytes);
    }

    private static Samples samples(List<Round> rounds, ToDoubleFunction<Round> seconds) {
        return new Samples(rounds.stream().map(seconds::applyAsDouble).toList());
    }

    @Override
    public String text() {
        return String.format(
                        Locale.ROOT,
                        """
                seconds to node Ready, median of %d after a first round
                  a  kubeadm join, token issued and signed beforehand   %6.2f   first %6.2f
                  b  systemctl start kubelet, credential in place       %6.2f   first %6.2f
                  c  Nodejoin, from the Kafka record                    %6.2f   first %6.2f
                     to its event of success                            %6.2f   first %6.2f
                ratio c/a %.2f   c/b %.2f   success/c %.2f   first c/c %.2f
                """,
                        nodejoin.seconds().size(),
                        kubeadm.median(),
                        first.kubeadm(),
                        baseline.median(),
                        first.baseline(),
                        nodejoin.median(),
                        first.nodejoin(),
                        succeeded.median(),
                        first.succeeded(),
                        ratioToKubeadm(),
                        ratioToFloor(),
                        ratioOfSucceeded(),
                        ratioOfFirst())
                + costs();
    }

    private String costs() {
        return String.format(
                Locale.ROOT,
                """
                a join, medians: %.0f Temporal events, %.0f workflow tasks, %.0f activities, %.0f local activities
                CPU seconds of a join, beyond those at rest: service %.2f, Temporal %.2f, agent %.2f
                resident memory: agent while waiting %.0f MB, service idle %.0f MB
                """,
                cost.temporalEvents(),
                cost.workflowTasks(),
                cost.activities(),
                cost.localActivities(),
                cost.serviceCpuSeconds(),
                cost.temporalCpuSeconds(),
                cost.agentCpuSeconds(),
                agentMegabytes,
                serviceMegabytes);
    }

    @JsonProperty
    double ratioToKubeadm() {
        return nodejoin.median() / kubeadm.median();
    }

    @JsonProperty
    double ratioToFloor() {
        return nodejoin.median() / baseline.median();
    }

    /** The event of success, relative to Ready. */
    @JsonProperty
    double ratioOfSucceeded() {
        return succeeded.median() / nodejoin.median();
    }

    /** The first join after the start of the service, relative to the later ones. */
    @JsonProperty
    double ratioOfFirst() {
        return first.nodejoin() / nodejoin.median();
    }
}
