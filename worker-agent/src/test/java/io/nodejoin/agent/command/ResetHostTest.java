package io.nodejoin.agent.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.discovery.TokenRejectionProbe;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletPlan;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResetHostTest {
    private static final ProgressListener UNHEARD = (_, _) -> {};
    private static final String EARLIER = KubeletPaths.PKI + "/kubelet-client-2025-01-01-00-00-00.pem";

    @TempDir
    Path root;

    @TempDir
    Path state;

    private FakeHost temporary;
    private HostPorts host;
    private Journal journal;
    private KubeletKey kubeletKey;
    private ResetHost reset;

    @BeforeEach
    void makeHost() {
        startAgent();
    }

    /** Another call is another process on the same host. */
    private void startAgent() {
        temporary = new FakeHost(root);
        host = temporary.parts();
        journal = Journal.open(state.resolve("journal"));
        kubeletKey = new KubeletKey(new RootedHostFiles(state));
        reset = new ResetHost(
                host,
                journal,
                new UndoExecutor(host, journal),
                new KubeletUnit(host, host.clock(), Sleeper.system()),
                kubeletKey,
                new TokenRejectionProbe(host.clock(), Sleeper.system()));
    }

    @Test
    void shouldReportTheWipedKeyOfTheCertificate() throws Exception {
        // given
        X509Certificate certificate = joinGetsCertificate();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(wiped(certificate));
    }

    @Test
    void shouldReportTheKeyThatWasWipedBeforeACrash() throws Exception {
        // given
        X509Certificate certificate = joinGetsCertificate();
        temporary.whenReloaded(() -> {
            throw new Death();
        });
        assertThatThrownBy(() -> reset.execute(UNHEARD)).isInstanceOf(Death.class);
        assertThat(host.files().exists(KubeletPaths.HOME)).isFalse();
        startAgent();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(wiped(certificate));
    }

    @Test
    void shouldNotReportTheKeyOfAnEarlierJoin() throws Exception {
        // given
        joinGetsCertificate();
        reset.execute(UNHEARD);
        new StepExecutor(host, journal)
                .apply(List.of(new HostStep.WriteFile("/etc/next", "next", 0644, false)), _ -> {});

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(new HostResult.HostReset(false, null, List.of()));
    }

    @Test
    void shouldNotReportAKeyAsWipedThatIsStillThere() throws Exception {
        // given
        host.files().createDirectory(KubeletPaths.HOME, 0750);
        kubeletGetsCertificate();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(new HostResult.HostReset(false, null, List.of()));
    }

    @Test
    void shouldNotReportAKeyAsWipedThatARunningKubeletMayHave() throws Exception {
        // given
        joinGetsCertificate();
        new StepExecutor(host, journal).apply(List.of(new HostStep.StartUnit(KubeletPaths.UNIT)), _ -> {});
        temporary.withoutBus();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(host.files().exists(KubeletPaths.CLIENT_CERTIFICATE)).isFalse();
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.HostReset.class,
                        done -> assertThat(done.wipedKeyDigest()).isNull());
    }

    @Test
    void shouldWipeTheKeyInADirectoryFromBeforeTheJoin() throws Exception {
        // given
        host.files().createDirectory(KubeletPaths.HOME, 0750);
        host.files().createDirectory(KubeletPaths.PKI, 0700);
        host.files().write(EARLIER, pem(new TestTls().certificate("server")), 0600);
        joinStartsKubelet();
        X509Certificate certificate = kubeletGetsCertificate();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(wiped(certificate));
        assertThat(host.files().list(KubeletPaths.PKI))
                .containsExactly(Path.of(EARLIER).getFileName().toString());
    }

    @Test
    void shouldUndoTheRestIfTheDirectoryOfTheKubeletBecameALink() throws Exception {
        // given
        new StepExecutor(host, journal)
                .apply(List.of(new HostStep.WriteFile("/etc/join", "join", 0644, false)), _ -> {});
        joinGetsCertificate();
        Path home = root.resolve("var/lib/kubelet");
        Files.move(home, root.resolve("opt/kubelet"));
        Files.createSymbolicLink(home, root.resolve("opt/kubelet"));

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(host.files().exists("/etc/join")).isFalse();
        assertThat(result).isInstanceOfSatisfying(HostResult.HostReset.class, done -> {
            assertThat(done.wipedKeyDigest()).isNull();
            assertThat(done.residue())
                    .extracting(Finding::detail)
                    .contains("'claim /var/lib/kubelet' is not undone: /var/lib/kubelet was a directory and is a"
                            + " SYMLINK");
        });
        assertThat(journal.changes()).isNotEmpty();
        assertThat(home).isSymbolicLink();
    }

    @Test
    void shouldUndoTheRestIfOthersMayWriteToTheDirectoryOfTheKubelet() throws Exception {
        // given
        new StepExecutor(host, journal)
                .apply(List.of(new HostStep.WriteFile("/etc/join", "join", 0644, false)), _ -> {});
        joinGetsCertificate();
        host.files().setMode(KubeletPaths.HOME, 0770);

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(host.files().exists("/etc/join")).isFalse();
        assertThat(result).isInstanceOfSatisfying(HostResult.HostReset.class, done -> {
            assertThat(done.wipedKeyDigest()).isNull();
            assertThat(done.residue()).isNotEmpty();
        });
        assertThat(journal.changes()).isNotEmpty();
    }

    @Test
    void shouldRestoreTheFilesOfAHostWithoutSystemdAndReportTheResidue() throws Exception {
        // given
        new StepExecutor(host, journal)
                .apply(
                        List.of(
                                new HostStep.MakeDirectory("/etc/kubernetes", 0755),
                                new HostStep.WriteFile("/etc/kubernetes/ca.crt", "ca", 0644, false),
                                new HostStep.StartUnit(KubeletPaths.UNIT)),
                        _ -> {});
        temporary.withoutBus();
        List<CommandMilestone> marks = new ArrayList<>();

        // when
        HostResult result = reset.execute((mark, _) -> marks.add(mark));

        // then
        assertThat(marks).doesNotContain(CommandMilestone.KubeletStopped);
        assertThat(host.files().exists("/etc/kubernetes")).isFalse();
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.HostReset.class,
                        done -> assertThat(done.residue())
                                .extracting(Finding::detail)
                                .containsExactly(
                                        "'start kubelet.service' is not undone: 'systemctl stop kubelet.service'"
                                                + " failed: Failed to connect to bus",
                                        "'reload systemd' is not undone: 'systemctl reload' failed: Failed to"
                                                + " connect to bus"));
        assertThat(journal.changes()).hasSize(3);
    }

    @Test
    void shouldUndoTheRestOnceTheHostIsRepaired() throws Exception {
        // given
        new StepExecutor(host, journal).apply(List.of(new HostStep.StartUnit(KubeletPaths.UNIT)), _ -> {});
        temporary.withoutBus();
        reset.execute(UNHEARD);
        temporary.withBus();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(new HostResult.HostReset(false, null, List.of()));
        assertThat(journal.changes()).isEmpty();
        assertThat(temporary.calls()).contains("stop kubelet.service");
    }

    @Test
    void shouldEraseAndReportThePreparedKeyEvenIfThereWasNoCertificate() throws Exception {
        // given
        String digest = kubeletKey.prepare();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(new HostResult.HostReset(false, digest, List.of()));
        assertThat(state.resolve("kubelet.key")).doesNotExist();
    }

    @Test
    void shouldLetTheNextPreparationCreateAFreshKey() throws Exception {
        // given
        String erased = kubeletKey.prepare();
        reset.execute(UNHEARD);

        // when
        String fresh = kubeletKey.prepare();

        // then
        assertThat(fresh).isNotEqualTo(erased);
    }

    @Test
    void shouldReportThePreparedKeyOnAHostWithACertificateFromBeforeTheJoin() throws Exception {
        // given
        host.files().createDirectory(KubeletPaths.HOME, 0750);
        kubeletGetsCertificate();
        String digest = kubeletKey.prepare();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(new HostResult.HostReset(false, digest, List.of()));
    }

    @Test
    void shouldReportThePreparedKeyThatWasErasedBeforeACrash() throws Exception {
        // given
        String digest = kubeletKey.prepare();
        new StepExecutor(host, journal)
                .apply(List.of(new HostStep.WriteFile("/etc/join", "join", 0644, false)), _ -> {});
        temporary.whenReloaded(() -> {
            throw new Death();
        });
        assertThatThrownBy(() -> reset.execute(UNHEARD)).isInstanceOf(Death.class);
        startAgent();

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(new HostResult.HostReset(false, digest, List.of()));
    }

    @Test
    void shouldEraseWhatAPreparationThatWasKilledHasLeftOfTheKey() throws Exception {
        // given
        Files.writeString(state.resolve(".kubelet.key.nodejoin"), "half a key");

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(new HostResult.HostReset(false, null, List.of()));
        assertThat(state.resolve(".kubelet.key.nodejoin")).doesNotExist();
    }

    @Test
    void shouldEraseAPreparedKeyThatCannotBeRead() throws Exception {
        // given
        Files.writeString(state.resolve("kubelet.key"), "no key");

        // when
        HostResult result = reset.execute(UNHEARD);

        // then
        assertThat(result).isEqualTo(new HostResult.HostReset(false, null, List.of()));
        assertThat(state.resolve("kubelet.key")).doesNotExist();
    }

    private static HostResult wiped(X509Certificate certificate) {
        return new HostResult.HostReset(
                false, Sha256.hex(certificate.getPublicKey().getEncoded()), List.of());
    }

    /** In a directory that the journal knows to be the join's. */
    private X509Certificate joinGetsCertificate() throws Exception {
        new StepExecutor(host, journal)
                .apply(
                        List.of(
                                new HostStep.MakeDirectory(KubeletPaths.HOME, 0750),
                                new HostStep.ClaimDirectory(KubeletPaths.HOME)),
                        _ -> {});
        return kubeletGetsCertificate();
    }

    /** And has burnt its token since. */
    private void joinStartsKubelet() {
        host.files().createDirectory("/etc/kubernetes", 0755);
        host.files().createDirectory("/etc/kubernetes/pki", 0755);
        KubeletPlan plan = new KubeletPlan(
                new NodeName("w1"),
                new KubeletSettings(null, null, List.of(), null),
                HostSettings.DEFAULT,
                new BootstrapKubeconfig(
                        new TrustedCluster(URI.create("https://10.0.0.1:6443"), List.of()),
                        BootstrapToken.parse("abcdef.0123456789abcdef")),
                "/usr/bin/kubelet",
                CriEndpoint.CONTAINERD,
                false);
        new StepExecutor(host, journal).apply(plan.steps(), _ -> {});
        host.files().delete(KubeletPaths.BOOTSTRAP_KUBECONFIG);
    }

    private X509Certificate kubeletGetsCertificate() throws CertificateEncodingException {
        X509Certificate certificate = new TestTls().certificate("server");
        host.files().createDirectory(KubeletPaths.PKI, 0700);
        host.files().write(KubeletPaths.CLIENT_CERTIFICATE, pem(certificate), 0600);
        return certificate;
    }

    private static byte[] pem(X509Certificate certificate) throws CertificateEncodingException {
        String pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
        return pem.getBytes(StandardCharsets.US_ASCII);
    }

    /** Nothing catches it, as nothing catches a kill. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }
}
