package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.workflows.failure.FailureType;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutageTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ClusterInfo_Ensure",
                "Node_Inspect",
                "Host_Preflight",
                "Host_PrepareHost",
                "Token_Reserve",
                "Token_Issue",
                "ClusterInfo_PublishSignature",
                "Certificate_Decide",
                "Node_AwaitRegistered",
                "Node_AwaitReady",
                "Token_Revoke",
                "ClusterInfo_RemoveSignature",
                "Token_Forget",
                "Event_Publish"
            })
    void shouldJoinAfterAnAnswerWasLost(String step) {
        // given
        bed.script.loseAnswer(step);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.script.effects()).doesNotContain("Host_ResetHost");
        assertThat(bed.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldWaitForTheBrokerBeforeTheEndButNotOnThePath() {
        // given
        bed.script.fail("Event_Publish", FailureType.UNAVAILABLE, ErrorCode.INTERNAL);
        bed.script.fail("Event_Publish", FailureType.UNAVAILABLE, ErrorCode.INTERNAL);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.events.published)
                .extracting(event -> event.event().getClass().getSimpleName())
                .startsWith("JoinAccepted")
                .endsWith("JoinSucceeded");
    }

    @Test
    void shouldTryTheOutcomeAgainEvenAfterAFailureThatIsNotRetried() {
        // given
        bed.script.next("Event_Publish", Supplier::get);
        bed.script.failAlways("Host_Preflight", FailureType.FORBIDDEN, ErrorCode.INTERNAL);
        bed.script.next("Event_Publish", Supplier::get);
        bed.script.next("Event_Publish", Supplier::get);
        bed.script.fail("Event_Publish", FailureType.FORBIDDEN, ErrorCode.INTERNAL);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.events.of(JoinFailed.class)).hasSize(1);
    }
}
