package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.PhaseTime;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.temporal.StepOptions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LostReplicaTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    @ParameterizedTest
    @ValueSource(strings = {"Host_Preflight", "Host_PrepareHost", "Host_StartKubelet"})
    void shouldNotWaitForAReplicaThatTheAgentDisconnectedFrom(String step) {
        // given a replica that says nothing more
        fixture.script.scriptNext(
                step, _ -> silentUntilAnotherIsAsked(() -> fixture.connect(WorkflowFixture.OTHER_REPLICA)));
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        joinedWithOneCommandGivenTwice(end);
    }

    @Test
    void shouldNotWaitForAnEarlierProcessOfTheReplica() {
        // given
        fixture.script.scriptNext(
                "Host_PrepareHost",
                _ -> silentUntilAnotherIsAsked(() -> fixture.connect(WorkflowFixture.REPLICA, UUID.randomUUID())));
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        joinedWithOneCommandGivenTwice(end);
    }

    @Test
    void shouldSendAgainOverTheSameReplicaOnceTheAgentReconnects() {
        // given
        fixture.script.scriptNext("Host_PrepareHost", _ -> {
            fixture.connect(WorkflowFixture.REPLICA);
            throw FakeHost.unreachable();
        });
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        joinedWithOneCommandGivenTwice(end);
    }

    @Test
    void shouldSendAgainImmediatelyIfOnlyTheResponseIsLost() {
        // given
        fixture.script.failAfterEffect("Host_PrepareHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        joinedWithOneCommandGivenTwice(end);
        List<PhaseTime> phases =
                fixture.events.ofType(JoinSucceeded.class).getFirst().phases();
        assertThat(Duration.between(phases.getFirst().at(), phases.getLast().at()))
                .isLessThan(StepOptions.RECONNECT_TIMEOUT);
    }

    @Test
    void shouldNotCountTheTimeWithoutReplicasAgainstTheHost() {
        // given replicas that die one after the other, each in the middle of the preflight
        Duration silence = StepOptions.PREFLIGHT_TIMEOUT.dividedBy(3).plusSeconds(5);
        for (int death = 0; death < 3; death++) {
            fixture.script.scriptNext(
                    "Host_Preflight",
                    _ -> silentUntilAnotherIsAsked(() -> {
                        fixture.sleep(silence);
                        fixture.connect(WorkflowFixture.REPLICA, UUID.randomUUID());
                    }));
        }
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.host.received).hasSize(6);
        assertThat(fixture.host.received.stream().distinct()).hasSize(3);
    }

    @Test
    void shouldSendAgainIfTheReplicaIsLost() {
        // given tries of which Temporal hears nothing
        for (int loss = 0; loss < StepOptions.MAX_LOST_SENDS - 1; loss++) {
            fixture.script.scriptNext("Host_Preflight", _ -> {
                throw fixture.die();
            });
        }
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.host.received).hasSize(StepOptions.MAX_LOST_SENDS + 2);
    }

    @Test
    void shouldFailAfterTheTimeoutIfAReplicaReportsThatTheAgentIsDisconnected() {
        // given
        fixture.script.failAlways("Host_Preflight", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.withoutRetry().startWithAgent();

        // when
        fixture.awaitResult();

        // then
        assertThat(fixture.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(fixture.duration())
                .isBetween(
                        StepOptions.PREFLIGHT_TIMEOUT,
                        StepOptions.PREFLIGHT_TIMEOUT.plus(StepOptions.RECONNECT_TIMEOUT));
    }

    @Test
    void shouldTryAgainIfTheHostDidNotAnswerItsFirstCommand() {
        // given
        fixture.script.failTimes(3, "Host_Preflight", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        fixture.startWithAgent();

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.phases()).containsOnlyOnce(Phase.Compensating);
    }

    private void joinedWithOneCommandGivenTwice(JoinResult end) {
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(fixture.host.received).hasSize(4);
        assertThat(fixture.host.received.stream().distinct()).hasSize(3);
    }

    private HostResult silentUntilAnotherIsAsked(Runnable connecting) {
        int asked = fixture.host.received.size();
        connecting.run();
        fixture.await(() -> fixture.host.received.size() > asked);
        throw FakeHost.unreachable();
    }

    @Test
    void shouldSwitchToTheReplicaThatTheAgentConnectedToLast() {
        // given
        fixture.start();
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);
        fixture.connect("gone");
        fixture.sleep(Duration.ofSeconds(20));
        fixture.connect(WorkflowFixture.OTHER_REPLICA);

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }
}
