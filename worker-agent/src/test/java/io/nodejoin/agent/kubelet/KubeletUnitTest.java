package io.nodejoin.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.host.TemporaryHost;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.protocol.ErrorCode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeletUnitTest {
    @TempDir
    private Path root;

    private TemporaryHost host;
    private KubeletUnit unit;
    private Instant now = Instant.EPOCH;

    @BeforeEach
    void makeHost() {
        host = new TemporaryHost(root);
        HostParts parts = host.parts();
        InstantSource time = () -> now;
        Clock clock = time.withZone(ZoneOffset.UTC);
        unit = new KubeletUnit(
                new HostParts(parts.commands(), parts.files(), parts.systemd(), parts.network(), clock), this::pass);
        host.unit(KubeletPaths.UNIT, TemporaryHost.running("enabled"));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private HostFailure failure() {
        return catchThrowableOfType(HostFailure.class, unit::awaitHealthy);
    }

    @Test
    void shouldReturnOnceTheKubeletIsHealthy() {
        // when
        ThrowingCallable wait = unit::awaitHealthy;

        // then
        assertThatCode(wait).doesNotThrowAnyException();
        assertThat(now).isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource({
        "activating, auto-restart, 2, was restarted 2 times (exit-code)",
        "failed,     failed,       5, is failed (exit-code)",
        "inactive,   dead,         0, is inactive (exit-code)",
    })
    void shouldRecogniseAKubeletThatCrashesAndTellItsLastWordsRedacted(
            String active, String sub, int restarts, String told) {
        // given
        host.network().makeUnhealthy();
        host.unit(KubeletPaths.UNIT, new UnitState("loaded", active, sub, "exit-code", "enabled", restarts));

        // when
        HostFailure failure = failure();

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(failure.problem().detail()).isEqualTo("kubelet.service " + told);
        assertThat(failure.log()).containsExactly("token abcdef.<redacted> refused");
        assertThat(Duration.between(Instant.EPOCH, now)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void shouldNotTakeOneRestartForACrashLoop() {
        // given
        host.network().makeUnhealthy();
        host.unit(KubeletPaths.UNIT, new UnitState("loaded", "active", "running", "success", "enabled", 1));

        // when
        HostFailure failure = failure();

        // then
        assertThat(failure.problem().detail()).contains("does not answer its healthz after 60 s");
    }
}
