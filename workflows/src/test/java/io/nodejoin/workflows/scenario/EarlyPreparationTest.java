package io.nodejoin.workflows.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.workflows.lifecycle.JoinResult;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EarlyPreparationTest {
    @RegisterExtension
    final WorkflowFixture fixture = new WorkflowFixture();

    private static HostCommand.PrepareHost prepared(TlsBootstrap tlsBootstrap, @Nullable HostSettings settings) {
        return new HostCommand.PrepareHost(HostProfile.CONTAINERD, tlsBootstrap, settings, null);
    }

    private static HostCommand.PrepareHost prepared() {
        return prepared(TlsBootstrap.AGENT, null);
    }

    private List<String> verbs() {
        return fixture.host.received.stream()
                .map(assignment -> assignment.command().verb())
                .toList();
    }

    private HostCommand.StartKubelet lastStart() {
        return (HostCommand.StartKubelet) fixture.host.received.getLast().command();
    }

    @Test
    void shouldJoinAPreparedHostWithOneCommandThatRepeatsTheChecks() {
        // given
        fixture.start();
        fixture.connectPreparedAgent(prepared());

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(verbs()).containsExactly("StartKubelet");
        HostCommand.Preflight checks = Objects.requireNonNull(lastStart().preflight());
        assertThat(checks.kubernetesVersion()).isEqualTo(FakeCluster.DISCOVERY.kubernetesVersion());
        assertThat(checks.apiServer()).isEqualTo(lastStart().apiServer());
    }

    @Test
    void shouldTakeEmptySettingsForNone() {
        // given
        fixture.start();
        fixture.connectPreparedAgent(prepared(TlsBootstrap.AGENT, HostSettings.DEFAULT));

        // when
        fixture.awaitResult();

        // then
        assertThat(verbs()).containsExactly("StartKubelet");
    }

    @Test
    void shouldPrepareAHostThatIsPreparedForSomethingElse() {
        // given
        fixture.start();
        fixture.connectPreparedAgent(prepared(TlsBootstrap.AGENT, new HostSettings(SwapPolicy.NO_SWAP, null, null)));

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(verbs()).containsExactly("Preflight", "PrepareHost", "StartKubelet");
        assertThat(lastStart().preflight()).isNull();
    }

    @Test
    void shouldNotTakeAPreparationFromALaterProofWithTheSameKey() {
        // given
        fixture.start();
        fixture.enroll(WorkflowFixture.SECRET_DIGEST, WorkflowFixture.KEY);

        // when
        fixture.connectPreparedAgent(prepared());

        // then
        assertThat(fixture.awaitResult().phase()).isEqualTo(Phase.Joined);
        assertThat(verbs()).containsExactly("Preflight", "PrepareHost", "StartKubelet");
    }

    @Test
    void shouldPrepareAHostWhoseKubeletCreatesItsKeyItself() {
        // given
        fixture.withKubeletBootstrap().start();
        fixture.connectPreparedAgent(prepared());

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(verbs()).containsExactly("Preflight", "PrepareHost", "StartKubelet");
    }

    @Test
    void shouldResetAPreparedHostAndPrepareItAnewForTheNextAttempt() {
        // given
        fixture.failKubeletStart("port is taken").start();
        fixture.connectPreparedAgent(prepared());

        // when
        JoinResult end = fixture.awaitResult();

        // then
        assertThat(end.phase()).isEqualTo(Phase.Joined);
        assertThat(verbs()).containsExactly("StartKubelet", "ResetHost", "Preflight", "PrepareHost", "StartKubelet");
        assertThat(lastStart().preflight()).isNull();
    }

    @Test
    void shouldResetThePreparedHostOfAReJoinBeforeItIsPrepared() {
        // given
        fixture.withRejoin().start();
        fixture.connectPreparedAgent(prepared());

        // when
        fixture.awaitResult();

        // then
        assertThat(verbs()).startsWith("ResetHost", "Preflight", "PrepareHost");
    }
}
