package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutageTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ClusterInfo_Ensure",
                "Node_CheckName",
                "Host_Preflight",
                "Host_PrepareHost",
                "Token_Issue",
                "Csr_Decide",
                "Node_AwaitRegistered",
                "Node_AwaitReady",
                "Token_Revoke",
                "Token_DeleteLedgerEntry",
                "Event_Publish"
            })
    void shouldJoinAfterAResponseWasLost(String step) {
        // given
        fixture.script.loseAnswer(step);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.script.effects()).doesNotContain("Host_ResetHost");
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldWaitForTheBrokerAtTheEndButNotBetweenSteps() {
        // given
        fixture.script.fail("Event_Publish", FailureType.UNAVAILABLE, ErrorCode.BROKER_UNAVAILABLE);
        fixture.script.fail("Event_Publish", FailureType.UNAVAILABLE, ErrorCode.BROKER_UNAVAILABLE);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.events.published)
                .extracting(event -> event.event().getClass().getSimpleName())
                .startsWith("JoinAccepted")
                .endsWith("JoinSucceeded");
    }

    @Test
    void shouldPublishTheOutcomeAgainEvenAfterANonRetryableFailure() {
        // given
        fixture.script.scriptNext("Event_Publish", Supplier::get);
        fixture.script.failAlways("Host_Preflight", FailureType.FORBIDDEN, ErrorCode.INTERNAL);
        fixture.script.scriptNext("Event_Publish", Supplier::get);
        fixture.script.scriptNext("Event_Publish", Supplier::get);
        fixture.script.fail("Event_Publish", FailureType.FORBIDDEN, ErrorCode.BROKER_AUTH_FAILED);
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.events.ofType(JoinFailed.class)).hasSize(1);
    }

    @Test
    void shouldKeepItsHistoryShortWhileAnOutcomeIsRefusedForAMonth() {
        // given
        fixture.script.failAlways("Event_Publish", FailureType.FORBIDDEN, ErrorCode.INTERNAL);
        fixture.startWithAgent();

        // when
        fixture.sleep(Duration.ofDays(30));

        // then
        assertThat(fixture.history().getEvents()).hasSizeBetween(100, 500);
    }
}
