package io.nodejoin.activities.kubernetes.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.rejoin.RejoinClaim;
import io.nodejoin.workflows.rejoin.RejoinDecision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RejoinEligibilityTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
    private static final NodeRef REF = new NodeRef(new ClusterName("kraken"), new NodeName("w1"));
    private static final String ENROLLMENT = "0f".repeat(32);
    private static final RejoinClaim CLAIM = new RejoinClaim(REF, ENROLLMENT, "key");
    private static final JoinRequested WANTED = new JoinRequested(
            REF.cluster(),
            REF.name(),
            ENROLLMENT,
            List.of("10.0.0.7"),
            Map.of("pool", "a"),
            List.of(),
            "fleet://w1",
            HostProfile.CONTAINERD,
            List.of(),
            null,
            null,
            null,
            null,
            null,
            null);
    private static final Optional<Instant> LONG_AGO = Optional.of(NOW.minusSeconds(3600));

    @Test
    void shouldWelcomeTheMachineOfASilentNodeAsWhatItWas() {
        // when
        RejoinDecision standing = RejoinEligibility.evaluate(CLAIM, note(WANTED), node("uid-1"), LONG_AGO, NOW);

        // then
        assertThat(standing).isEqualTo(new RejoinDecision.Eligible("uid-1", WANTED));
    }

    @Test
    void shouldWelcomeItIfItsLeaseIsGone() {
        // when
        RejoinDecision standing = RejoinEligibility.evaluate(CLAIM, note(WANTED), node("uid-1"), Optional.empty(), NOW);

        // then
        assertThat(standing).isInstanceOf(RejoinDecision.Eligible.class);
    }

    @Test
    void shouldRefuseAMachineThatLeft() {
        // when
        RejoinDecision standing =
                RejoinEligibility.evaluate(CLAIM, Optional.empty(), Optional.empty(), Optional.empty(), NOW);

        // then
        assertThat(code(standing)).isEqualTo(ErrorCode.NODE_NOT_MANAGED);
    }

    @Test
    void shouldRefuseAnotherSecretAndAnotherKey() {
        // given
        RejoinClaim otherSecret = new RejoinClaim(REF, "aa".repeat(32), "key");
        RejoinClaim otherKey = new RejoinClaim(REF, ENROLLMENT, "another");

        // when
        RejoinDecision bySecret = RejoinEligibility.evaluate(otherSecret, note(WANTED), node("uid-1"), LONG_AGO, NOW);
        RejoinDecision byKey = RejoinEligibility.evaluate(otherKey, note(WANTED), node("uid-1"), LONG_AGO, NOW);

        // then
        assertThat(code(bySecret)).isEqualTo(ErrorCode.ENROLLMENT_REFUSED);
        assertThat(code(byKey)).isEqualTo(ErrorCode.ENROLLMENT_REFUSED);
    }

    @Test
    void shouldRefuseTheMachineOfANodeThatWasReplacedOrDeleted() {
        // when
        RejoinDecision replaced = RejoinEligibility.evaluate(CLAIM, note(WANTED), node("uid-2"), LONG_AGO, NOW);
        RejoinDecision deleted = RejoinEligibility.evaluate(CLAIM, note(WANTED), Optional.empty(), LONG_AGO, NOW);

        // then
        assertThat(code(replaced)).isEqualTo(ErrorCode.NODE_UID_CHANGED);
        assertThat(code(deleted)).isEqualTo(ErrorCode.NODE_UID_CHANGED);
    }

    @Test
    void shouldRefuseWhoeverComesWhileTheKubeletOfTheNodeLives() {
        // when
        RejoinDecision standing =
                RejoinEligibility.evaluate(CLAIM, note(WANTED), node("uid-1"), Optional.of(NOW.minusSeconds(39)), NOW);

        // then
        assertThat(code(standing)).isEqualTo(ErrorCode.NODE_NAME_IN_USE);
    }

    @Test
    void shouldRefuseAMachineWhoseRequestIsNotKept() {
        // when
        RejoinDecision standing = RejoinEligibility.evaluate(CLAIM, note(null), node("uid-1"), LONG_AGO, NOW);

        // then
        assertThat(code(standing)).isEqualTo(ErrorCode.NODE_NOT_MANAGED);
    }

    private static ErrorCode code(RejoinDecision standing) {
        assertThat(standing).isInstanceOf(RejoinDecision.Refused.class);
        return ((RejoinDecision.Refused) standing).why().code();
    }

    private static Optional<JoinedNode> note(@Nullable JoinRequested wanted) {
        return Optional.of(new JoinedNode(
                new NodeIdentity(REF, "uid-1"),
                JoinId.of("test", "1"),
                ENROLLMENT,
                "key",
                "machine-1",
                "system-1",
                wanted));
    }

    private static Optional<Node> node(String uid) {
        return Optional.of(new NodeBuilder()
                .withNewMetadata()
                .withName("w1")
                .withUid(uid)
                .endMetadata()
                .build());
    }
}
