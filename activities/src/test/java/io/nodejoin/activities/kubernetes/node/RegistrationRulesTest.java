package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.RegistrationRequest;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationRulesTest {
    private static final Instant APPROVED = Instant.parse("2026-11-25T10:00:00Z");
    private static final NodeRef REF = new NodeRef(new ClusterName("prod"), new NodeName("w1"));
    private static final RegistrationRequest ORDER =
            new RegistrationRequest(REF, APPROVED, "machine-1", "system-1", null, null, APPROVED.plusSeconds(120));

    @Test
    void shouldCountANodeOnceItsKubeletHasReportedOrRenewedItsLease() {
        // given
        Node silent = node(0);

        // then
        assertThat(RegistrationRules.evaluate(silent, ORDER, () -> false)).isEmpty();
        assertThat(RegistrationRules.evaluate(silent, ORDER, () -> true)).contains(registered(0));
        assertThat(RegistrationRules.evaluate(of(silent, "machine-1", "system-1"), ORDER, () -> false))
                .contains(registered(0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 60})
    void shouldCountANodeOfTheEnrolledMachineThatAnApiServerWithALaterClockStampedAsOlder(int seconds) {
        // when
        Optional<NodeState> state =
                RegistrationRules.evaluate(of(node(seconds), "MACHINE-1", "SYSTEM-1"), ORDER, () -> false);

        // then
        assertThat(state).contains(registered(seconds));
    }

    @Test
    void shouldWaitUntilANodeThatMayBeOlderHasSaidWhichMachineItIsOn() {
        // when
        Optional<NodeState> state = RegistrationRules.evaluate(node(1), ORDER, () -> true);

        // then
        assertThat(state).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, machine-2, system-1", "1, machine-1, system-2", "61, machine-1, system-1"})
    void shouldRefuseTheNodeThatWasThereBefore(int seconds, String machineId, String systemUuid) {
        // when
        Optional<NodeState> state =
                RegistrationRules.evaluate(of(node(seconds), machineId, systemUuid), ORDER, () -> true);

        // then
        assertThat(state)
                .get()
                .isInstanceOfSatisfying(
                        NodeState.Failed.class,
                        refused -> assertThat(refused.problem().code()).isEqualTo(ErrorCode.NODE_NAME_IN_USE));
    }

    @Test
    void shouldCountACreatedNodeOnlyWithTheEnrolledMachineAndALease() {
        // given
        RegistrationRequest created = ORDER.ofCreatedNode("uid-1");
        Node silent = node(300);
        Node reported = of(silent, "machine-1", "system-1");

        // then
        assertThat(RegistrationRules.evaluate(silent, created, () -> true)).isEmpty();
        assertThat(RegistrationRules.evaluate(reported, created, () -> false)).isEmpty();
        assertThat(RegistrationRules.evaluate(reported, created, () -> true)).contains(registered(300));
    }

    @Test
    void shouldAskForTheLeaseOfACreatedNodeOnlyOnceItsKubeletHasReported() {
        // given
        RegistrationRequest created = ORDER.ofCreatedNode("uid-1");

        // then
        assertThat(RegistrationRules.awaitsLease(node(0), created)).isFalse();
        assertThat(RegistrationRules.awaitsLease(of(node(0), "machine-1", "system-1"), created))
                .isTrue();
        assertThat(RegistrationRules.awaitsLease(node(0), ORDER)).isTrue();
    }

    @Test
    void shouldRefuseAnotherMachineOnACreatedNode() {
        // given
        RegistrationRequest created = ORDER.ofCreatedNode("uid-1");

        // when
        Optional<NodeState> state =
                RegistrationRules.evaluate(of(node(0), "machine-2", "system-1"), created, () -> true);

        // then
        assertThat(codeOf(state)).isEqualTo(ErrorCode.NODE_IDENTITY_MISMATCH);
    }

    @Test
    void shouldRefuseANodeThatHasTakenThePlaceOfTheCreatedOne() {
        // given
        RegistrationRequest created = ORDER.ofCreatedNode("uid-0");

        // when
        Optional<NodeState> state =
                RegistrationRules.evaluate(of(node(0), "machine-1", "system-1"), created, () -> true);

        // then
        assertThat(codeOf(state)).isEqualTo(ErrorCode.NODE_UID_CHANGED);
    }

    private static ErrorCode codeOf(Optional<NodeState> state) {
        return ((NodeState.Failed) state.orElseThrow()).problem().code();
    }

    private static NodeState registered(int secondsBefore) {
        return new NodeState.Registered("uid-1", APPROVED.minusSeconds(secondsBefore));
    }

    private static Node node(int secondsBefore) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName("w1")
                .withUid("uid-1")
                .withCreationTimestamp(APPROVED.minusSeconds(secondsBefore).toString())
                .endMetadata()
                .build();
    }

    private static Node of(Node node, String machineId, String systemUuid) {
        return new NodeBuilder(node)
                .withNewStatus()
                .withNewNodeInfo()
                .withMachineID(machineId)
                .withSystemUUID(systemUuid)
                .endNodeInfo()
                .endStatus()
                .build();
    }
}
