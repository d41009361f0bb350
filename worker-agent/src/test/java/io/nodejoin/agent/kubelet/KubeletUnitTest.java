package io.nodejoin.agent.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.protocol.ErrorCode;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KubeletUnitTest {
    @TempDir
    private Path root;

    private FakeHost host;
    private KubeletUnit unit;
    private Instant now = Instant.EPOCH;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
        InstantSource time = () -> now;
        unit = new KubeletUnit(host.parts(), time.withZone(ZoneOffset.UTC), this::pass);
        host.unit(KubeletPaths.UNIT, FakeHost.running("enabled"));
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    private HostException failure() {
        return catchThrowableOfType(HostException.class, () -> unit.awaitHealthy(0));
    }

    @Test
    void shouldReturnOnceTheKubeletIsHealthy() {
        // when
        ThrowingCallable wait = () -> unit.awaitHealthy(0);

        // then
        assertThatCode(wait).doesNotThrowAnyException();
        assertThat(now).isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource({
        "activating, auto-restart, 2, exit-code, keeps ending: systemd has started it again 2 times; its last result is exit-code",
        "active,     running,      2, success,   keeps ending: systemd has started it again 2 times",
        "failed,     failed,       5, exit-code, is failed (exit-code)",
        "inactive,   dead,         0, exit-code, is inactive (exit-code)",
    })
    void shouldDetectACrashLoopOfTheKubeletAndReportItsLastLinesRedacted(
            String active, String sub, int restarts, String result, String told) {
        // given
        host.network().makeUnhealthy();
        host.unit(KubeletPaths.UNIT, new UnitState("loaded", active, sub, result, "enabled", restarts));

        // when
        HostException failure = failure();

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.KUBELET_NOT_STARTED);
        assertThat(failure.problem().detail()).isEqualTo("kubelet.service " + told);
        assertThat(failure.log()).containsExactly("token abcdef.<redacted> refused");
        assertThat(Duration.between(Instant.EPOCH, now)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void shouldIgnoreRestartsOfTheKubeletBeforeItHadAToken() {
        // given
        host.network().makeUnhealthy();
        host.unit(KubeletPaths.UNIT, new UnitState("loaded", "active", "running", "success", "enabled", 9));

        // when
        HostException failure = catchThrowableOfType(HostException.class, () -> unit.awaitHealthy(8));

        // then
        assertThat(failure.problem().detail()).contains("does not respond on healthz after 60 s");
    }

    @Test
    void shouldFindTheClusterOfAKubeletWithACertificateAfterAReboot() throws Exception {
        // given
        X509Certificate certificate = new TestTls().certificate("server");
        String pem = Pem.encode(List.of(certificate));
        host.directory("var/lib/kubelet/pki");
        host.directory("etc/kubernetes/pki");
        host.text(KubeletPaths.CLUSTER_CA, pem);
        host.text(
                KubeletPaths.KUBECONFIG,
                "apiVersion: v1\nclusters:\n- cluster:\n    server: https://10.0.0.1:6443\n  name: default-cluster\n");
        Optional<TrustedCluster> without = unit.cluster();
        host.text(KubeletPaths.CLIENT_CERTIFICATE, pem);

        // when
        Optional<TrustedCluster> cluster = unit.cluster();

        // then
        assertThat(without).isEmpty();
        assertThat(cluster).contains(new TrustedCluster(URI.create("https://10.0.0.1:6443"), List.of(certificate)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kubelet-client-2026-01-01-00-00-00.pem",
                "/var/lib/kubelet/pki/kubelet-client-2026-01-01-00-00-00.pem"
            })
    void shouldUseTheCertificateThatTheLinkLeadsTo(String target) {
        // given
        TestTls tls = new TestTls();
        host.directory("var/lib/kubelet/pki");
        host.text(KubeletPaths.PKI + "/kubelet-client-2026-01-01-00-00-00.pem", pem(tls, "server"));
        host.text(KubeletPaths.PKI + "/kubelet-client-2026-02-01-00-00-00.pem", pem(tls, "agent"));
        host.parts().files().createLink(KubeletPaths.CLIENT_CERTIFICATE, target);

        // when
        Optional<X509Certificate> held = unit.heldCertificate();

        // then
        assertThat(held).contains(tls.certificate("server"));
    }

    @Test
    void shouldHaveNoCertificateWhileTheLinkLeadsNowhere() {
        // given
        host.directory("var/lib/kubelet/pki");
        host.text(KubeletPaths.PKI + "/kubelet-client-2025-01-01-00-00-00.pem", pem(new TestTls(), "server"));
        host.parts().files().createLink(KubeletPaths.CLIENT_CERTIFICATE, "kubelet-client-2026-01-01-00-00-00.pem");

        // when
        Optional<X509Certificate> held = unit.heldCertificate();

        // then
        assertThat(held).isEmpty();
    }

    private static String pem(TestTls tls, String alias) {
        return Pem.encode(List.of(tls.certificate(alias)));
    }

    @Test
    void shouldReportTokenLostIfTheTokenWasRejectedBeforeTheKubeletHadItsCertificate() {
        // when
        HostException failure = catchThrowableOfType(HostException.class, unit::clientKeyDigest);

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.TOKEN_LOST);
        assertThat(failure.log()).containsExactly("token abcdef.<redacted> refused");
    }

    @Test
    void shouldNotReportOneRestartAsACrashLoop() {
        // given
        host.network().makeUnhealthy();
        host.unit(KubeletPaths.UNIT, new UnitState("loaded", "active", "running", "success", "enabled", 1));

        // when
        HostException failure = failure();

        // then
        assertThat(failure.problem().detail()).contains("does not respond on healthz after 60 s");
    }
}
