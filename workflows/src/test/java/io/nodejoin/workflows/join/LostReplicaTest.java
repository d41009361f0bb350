package io.nodejoin.workflows.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.PhaseTime;
import io.nodejoin.workflows.failure.FailureType;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LostReplicaTest {
    @RegisterExtension
    final JoinBed bed = new JoinBed();

    @ParameterizedTest
    @ValueSource(strings = {"Host_Preflight", "Host_PrepareHost", "Host_StartKubelet"})
    void shouldNotWaitForAReplicaThatTheAgentHasLeft(String step) {
        // given a replica that says nothing more
        bed.script.next(step, _ -> silentUntilAnotherIsAsked(() -> bed.connect(JoinBed.OTHER_REPLICA)));
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        joinedWithOneCommandGivenTwice(end);
    }

    @Test
    void shouldNotWaitForAnEarlierProcessOfTheReplica() {
        // given
        bed.script.next(
                "Host_PrepareHost",
                _ -> silentUntilAnotherIsAsked(() -> bed.connect(JoinBed.REPLICA, UUID.randomUUID())));
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        joinedWithOneCommandGivenTwice(end);
    }

    @Test
    void shouldAskAgainOverTheSameReplicaOnceTheAgentIsBack() {
        // given
        bed.script.next("Host_PrepareHost", _ -> {
            bed.connect(JoinBed.REPLICA);
            throw FakeHost.unreachable();
        });
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        joinedWithOneCommandGivenTwice(end);
    }

    @Test
    void shouldAskAgainAtOnceWhereOnlyAnAnswerIsLost() {
        // given
        bed.script.failAfterEffect("Host_PrepareHost", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        joinedWithOneCommandGivenTwice(end);
        List<PhaseTime> phases = bed.events.of(JoinSucceeded.class).getFirst().phases();
        assertThat(Duration.between(phases.getFirst().at(), phases.getLast().at()))
                .isLessThan(JoinOptions.RECONNECT);
    }

    @Test
    void shouldNotChargeTheHostWithTheTimeInWhichItsReplicasWereDead() {
        // given replicas that die one after the other, each in the middle of the preflight
        Duration silence = JoinOptions.PREFLIGHT.dividedBy(3).plusSeconds(5);
        for (int death = 0; death < 3; death++) {
            bed.script.next(
                    "Host_Preflight",
                    _ -> silentUntilAnotherIsAsked(() -> {
                        bed.sleep(silence);
                        bed.connect(JoinBed.REPLICA, UUID.randomUUID());
                    }));
        }
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.host.received).hasSize(6);
        assertThat(bed.host.received.stream().distinct()).hasSize(3);
    }

    @Test
    void shouldAskAgainAfterTheLimitWhereNothingWasHeardOfTheReplicaItself() {
        // given tries of which Temporal hears nothing
        for (int loss = 0; loss < JoinOptions.LOSSES - 1; loss++) {
            bed.script.next("Host_Preflight", _ -> {
                bed.sleep(JoinOptions.AGENT_SILENT.minusSeconds(5));
                throw FakeHost.silent();
            });
        }
        bed.startWithAgent();

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }

    @Test
    void shouldGiveUpAfterTheLimitWhereAReplicaSaysThatTheAgentIsAway() {
        // given
        bed.script.failAlways("Host_Preflight", FailureType.UNAVAILABLE, ErrorCode.AGENT_UNREACHABLE);
        bed.startWithAgent();

        // when
        bed.end();

        // then
        assertThat(bed.failure().reason()).isEqualTo(ErrorCode.AGENT_UNREACHABLE);
        assertThat(bed.took()).isBetween(JoinOptions.PREFLIGHT, JoinOptions.PREFLIGHT.plus(JoinOptions.RECONNECT));
    }

    private void joinedWithOneCommandGivenTwice(JoinEnd end) {
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(bed.host.received).hasSize(4);
        assertThat(bed.host.received.stream().distinct()).hasSize(3);
    }

    private HostResult silentUntilAnotherIsAsked(Runnable connecting) {
        int asked = bed.host.received.size();
        connecting.run();
        bed.script.waitUntil(() -> bed.host.received.size() > asked);
        throw FakeHost.unreachable();
    }

    @Test
    void shouldLeaveAQueueThatNobodyPolls() {
        // given
        bed.start();
        bed.enroll(JoinBed.SECRET_DIGEST, JoinBed.KEY);
        bed.connect("gone");
        bed.sleep(Duration.ofSeconds(20));
        bed.connect(JoinBed.OTHER_REPLICA);

        // when
        JoinEnd end = bed.end();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
    }
}
