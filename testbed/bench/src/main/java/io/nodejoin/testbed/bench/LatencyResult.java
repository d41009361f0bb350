package io.nodejoin.testbed.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * One run of the latency measurement.
 *
 * @param kubeadm (a) kubeadm join with a signed token, to Ready
 * @param baseline (b) systemctl start kubelet to Ready, everything in place
 * @param nodejoin (c) Kafka record to Ready
 * @param agentMegabytes resident memory of an agent that has waited all the time
 * @param serviceMegabytes resident memory of the idle service
 */
record LatencyResult(
        Samples kubeadm,
        @JsonProperty("floor") Samples baseline,
        Samples nodejoin,
        double agentMegabytes,
        double serviceMegabytes)
        implements BenchBed.Report {

    @Override
    public String text() {
        return String.format(
                Locale.ROOT,
                """
                median of %d, seconds to node Ready
                  a  kubeadm join, token issued and signed beforehand   %6.2f
                  b  systemctl start kubelet, credential in place       %6.2f
                  c  Nodejoin, from the Kafka record                    %6.2f
                ratio c/a %.2f   c/b %.2f
                resident memory: agent while waiting %.0f MB, service idle %.0f MB
                """,
                nodejoin.seconds().size(),
                kubeadm.median(),
                baseline.median(),
                nodejoin.median(),
                ratioToKubeadm(),
                ratioToFloor(),
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
}
