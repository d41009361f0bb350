package io.nodejoin.client.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.config.TemporalDeployment;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CurrentVersionTest {
    private final FakeFrontend frontend = new FakeFrontend();
    private TemporalClients clients;

    @BeforeEach
    void connect() {
        clients = clients(new TemporalDeployment("nodejoin", "1.2.3"));
    }

    @AfterEach
    void close() {
        clients.close();
        frontend.close();
    }

    private TemporalClients clients(TemporalDeployment deployment) {
        return new TemporalClients(
                TemporalEndpoint.of(new TemporalConfig(
                        frontend.endpoint().toString(), "joins", null, null, null, deployment, false)),
                new SimpleMeterRegistry());
    }

    @Test
    void shouldSayHowToSetTheVersionThatIsMissing() {
        // given a deployment that no worker has polled for, and then one that only workers know
        CurrentVersion version = clients.currentVersion().orElseThrow();
        Optional<Problem> unknown = version.problem();
        frontend.setCurrentVersion("");

        // when
        Optional<Problem> unset = version.problem();

        // then
        assertThat(unset).isEqualTo(unknown).map(Problem::code).contains(ErrorCode.TEMPORAL_NOT_PREPARED);
        assertThat(unset.orElseThrow().detail())
                .contains("the worker deployment nodejoin has no current version, so new joins wait")
                .endsWith("temporal worker deployment set-current-version --namespace joins --deployment-name nodejoin"
                        + " --build-id 1.2.3");
    }

    @Test
    void shouldBeContentWithAnyVersionThatIsCurrent() {
        // given
        CurrentVersion version = clients.currentVersion().orElseThrow();
        frontend.setCurrentVersion("1.2.2");

        // when
        Optional<Problem> problem = version.problem();

        // then
        assertThat(problem).isEmpty();
    }

    @Test
    void shouldSayThatTemporalDoesNotAnswer() {
        // given
        frontend.close();

        // when
        Optional<Problem> problem = clients.currentVersion().orElseThrow().problem();

        // then
        assertThat(problem).map(Problem::code).contains(ErrorCode.TEMPORAL_UNAVAILABLE);
    }
}
