package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.simulation.LocalActivityMarker;
import io.nodejoin.workflows.temporal.DataConverters;
import io.temporal.api.enums.v1.EventType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalActivitiesTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @Test
    void shouldRunStepsOfMillisecondsInTheWorkflowTask() {
        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(local())
                .contains(
                        "ClusterInfo_Ensure",
                        "Node_CheckName",
                        "Token_Issue",
                        "Token_Revoke",
                        "Node_RecordJoined",
                        "Token_DeleteLedgerEntry");
        assertThat(scheduled())
                .filteredOn(activity -> !activity.equals("Event_Publish"))
                .containsExactly(
                        "Host_Preflight",
                        "Host_PrepareHost",
                        "Host_StartKubelet",
                        "Csr_Decide",
                        "Csr_DenyOthers",
                        "Node_AwaitRegistered",
                        "Node_AwaitReady");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ClusterInfo_Ensure",
                "Node_CheckName",
                "Token_Issue",
                "Token_Revoke",
                "Node_RecordJoined",
                "Token_DeleteLedgerEntry"
            })
    void shouldRunAsARegularActivityAfterItFailedLocally(String step) {
        // given
        fixture.script.fail(step, FailureType.UNAVAILABLE, ErrorCode.CLUSTER_UNAVAILABLE);

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(fixture.phases()).endsWith(Phase.Joined);
        assertThat(scheduled()).contains(step);
        assertThat(fixture.cluster.leftovers()).containsExactly("nodes[w1]", "joined[w1]");
    }

    @Test
    void shouldRunAsARegularActivityAfterItTookTooLongLocally() {
        // given
        fixture.script.before("Token_Issue", () -> fixture.sleep(Duration.ofSeconds(8)));

        // when
        fixture.startWithAgent().awaitResult();

        // then
        assertThat(fixture.phases()).endsWith(Phase.Joined);
        assertThat(scheduled()).contains("Token_Issue");
    }

    @Test
    void shouldPublishNoOutcomeFromAWorkflowTaskThatMayBeRepeated() {
        // given
        fixture.startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(local()).contains("Event_Publish");
        assertThat(scheduled()).containsOnlyOnce("Event_Publish");
        assertThat(fixture.events.batches.getLast())
                .extracting(OutcomeEvent::event)
                .last()
                .isInstanceOf(JoinSucceeded.class);
    }

    private List<String> local() {
        return fixture.historyOfFirst().getEvents().stream()
                .flatMap(event -> LocalActivityMarker.of(event, DataConverters.dataConverter()).stream())
                .map(LocalActivityMarker::activityType)
                .toList();
    }

    private List<String> scheduled() {
        return fixture.historyOfFirst().getEvents().stream()
                .filter(event -> event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
                .map(event -> event.getActivityTaskScheduledEventAttributes()
                        .getActivityType()
                        .getName())
                .toList();
    }
}
