package io.nodejoin.protocol.event;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelPolicyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pool",
                "kubernetes.io",
                "fleet.example/pool",
                "notkubernetes.io/a",
                "kubernetes.io.example/a",
                "my-k8s.io/a",
                "topology.kubernetes.io/zone",
                "node.kubernetes.io/instance-type",
                "node-role.kubernetes.io/worker"
            })
    void shouldAllow(String key) {
        assertThat(LabelPolicy.labelViolation(key)).isEmpty();
        assertThat(LabelPolicy.taintViolation(key)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kubernetes.io/hostname",
                "kubernetes.io/os",
                "k8s.io/a",
                "node-restriction.kubernetes.io/tenant",
                "beta.kubernetes.io/arch",
                "kubelet.kubernetes.io/a",
                "a.b.k8s.io/c",
                "x.topology.kubernetes.io/zone",
                "topology.k8s.io/zone",
                "node-role.kubernetes.io/control-plane",
                "node-role.kubernetes.io/master"
            })
    void shouldRefuse(String key) {
        assertThat(LabelPolicy.labelViolation(key))
                .hasValueSatisfying(rule -> assertThat(rule).doesNotContain(key));
        assertThat(LabelPolicy.taintViolation(key)).isPresent();
    }

    @Test
    void shouldReserveTheTaintOfANodeThatAJoinHasCreated() {
        assertThat(LabelPolicy.taintViolation("nodejoin.io/joining")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "node.cloudprovider.kubernetes.io/uninitialized",
                "readiness.k8s.io/network",
                "startup-taint.cluster-autoscaler.kubernetes.io/gpu"
            })
    void shouldAllowAsTaintButNotAsLabel(String key) {
        assertThat(LabelPolicy.taintViolation(key)).isEmpty();
        assertThat(LabelPolicy.labelViolation(key)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"readiness.k8s.io.example.k8s.io/a", "x.readiness.k8s.io/a", "cluster-autoscaler.kubernetes.io/a"
            })
    void shouldAllowNoTaintOfANeighbouringDomain(String key) {
        assertThat(LabelPolicy.taintViolation(key)).isPresent();
    }
}
