package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadyGateTest {
    private static final ReadyGate.DaemonSet PROXY = new ReadyGate.DaemonSet("kube-system", "kube-proxy");

    @Test
    void shouldTellDaemonSetsFromNodeConditions() {
        // given
        List<String> gates = List.of("NetworkReady", "DaemonSet/kube-system/kube-proxy", "example.com/StorageReady");

        // when
        List<ReadyGate.Condition> conditions = ReadyGate.conditions(gates);
        List<ReadyGate.DaemonSet> daemonSets = ReadyGate.daemonSets(gates);

        // then
        assertThat(conditions)
                .containsExactly(
                        new ReadyGate.Condition("NetworkReady"), new ReadyGate.Condition("example.com/StorageReady"));
        assertThat(daemonSets).containsExactly(PROXY);
    }

    @Test
    void shouldBeMetByAReadyPodOfTheDaemonSet() {
        // given
        List<Pod> pods = List.of(pod("DaemonSet", "another", "True"), pod("DaemonSet", "kube-proxy", "True"));

        // when
        Optional<String> blocker = PROXY.findBlocker(pods);

        // then
        assertThat(blocker).isEmpty();
    }

    @Test
    void shouldNotCountPodsOfOtherOwners() {
        // given
        List<Pod> pods = List.of(pod("DaemonSet", "another", "True"), pod("ReplicaSet", "kube-proxy", "True"));

        // when
        Optional<String> blocker = PROXY.findBlocker(pods);

        // then
        assertThat(blocker).contains("DaemonSet kube-system/kube-proxy has no pod on the node");
    }

    @Test
    void shouldNotCountAPodThatIsBeingDeleted() {
        // given
        Pod leaving = new PodBuilder(pod("DaemonSet", "kube-proxy", "True"))
                .editMetadata()
                .withDeletionTimestamp("2026-11-25T10:00:00Z")
                .endMetadata()
                .build();

        // when
        Optional<String> blocker = PROXY.findBlocker(List.of(leaving));

        // then
        assertThat(blocker).isPresent();
    }

    @Test
    void shouldSayWhatThePodWaitsFor() {
        // given
        Pod pulling = new PodBuilder(pod("DaemonSet", "kube-proxy", "False"))
                .editStatus()
                .addNewContainerStatus()
                .withName("kube-proxy")
                .withNewState()
                .withNewWaiting()
                .withReason("ErrImagePull")
                .endWaiting()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();

        // when
        Optional<String> blocker = PROXY.findBlocker(List.of(pulling));

        // then
        assertThat(blocker).contains("pod kube-system/kube-proxy-x is not Ready: kube-proxy waits, ErrImagePull");
    }

    @Test
    void shouldSayThatAPodRunsWithoutBeingReady() {
        // when
        Optional<String> blocker = PROXY.findBlocker(List.of(pod("DaemonSet", "kube-proxy", "False")));

        // then
        assertThat(blocker).contains("pod kube-system/kube-proxy-x is not Ready: ContainersNotReady");
    }

    @Test
    void shouldWaitForAPodThatNobodyHasReported() {
        // given
        Pod bound = new PodBuilder(pod("DaemonSet", "kube-proxy", "True"))
                .withStatus(null)
                .build();

        // when
        Optional<String> blocker = PROXY.findBlocker(List.of(bound));

        // then
        assertThat(blocker).contains("pod kube-system/kube-proxy-x is not Ready: its kubelet has not reported it yet");
    }

    private static Pod pod(String ownerKind, String owner, String ready) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace("kube-system")
                .withName(owner + "-x")
                .addNewOwnerReference()
                .withApiVersion("apps/v1")
                .withKind(ownerKind)
                .withName(owner)
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .withReason("ContainersNotReady")
                .endCondition()
                .endStatus()
                .build();
    }
}
