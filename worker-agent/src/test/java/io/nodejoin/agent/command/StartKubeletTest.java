package io.nodejoin.agent.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.agent.csr.CertificateRequester;
import io.nodejoin.agent.csr.FakeApiServer;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TestTls;
import io.nodejoin.agent.discovery.TokenDiscovery;
import io.nodejoin.agent.discovery.TokenRejectionProbe;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.host.Sleeper;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.key.TestKeys;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.SealedTokenHeader;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jose4j.jwe.JsonWebEncryption;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StartKubeletTest {
    private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.zyxwvutsrqponmlk");
    private static final NodeName NODE = new NodeName("w1");
    private static final JoinId JOIN = JoinId.of("test", "1");
    private static final Instant LATER = Instant.parse("9999-01-01T00:00:00Z");

    private final KeyPair agentKey = TestKeys.generate();
    private final List<CommandMilestone> milestones = new ArrayList<>();
    private TestTls tls;

    @TempDir
    private Path directory;

    private FakeApiServer server;
    private FakeHost fakeHost;
    private HostPorts host;
    private Journal journal;
    private KubeletKey kubeletKey;
    private Consumer<CommandMilestone> onMilestone;
    private Runnable onPause;

    @BeforeAll
    void makeCertificates() {
        tls = new TestTls();
    }

    @BeforeEach
    void furnish() throws IOException {
        milestones.clear();
        onMilestone = _ -> {};
        server = new FakeApiServer(tls, TOKEN);
        onPause = server::revoke;
        fakeHost = new FakeHost(Files.createDirectories(directory.resolve("root")));
        fakeHost.directory("var/lib/kubelet");
        fakeHost.directory("etc/kubernetes/pki");
        Files.createDirectories(directory.resolve("state"));
        startAgent();
    }

    @AfterEach
    void stop() {
        journal.close();
        server.close();
    }

    /** Another call is another process on the same host. */
    private void startAgent() {
        host = fakeHost.parts();
        journal = Journal.open(directory.resolve("state/journal"));
        kubeletKey = new KubeletKey(new RootedHostFiles(directory.resolve("state")));
    }

    private HostResult start(TlsBootstrap tlsBootstrap) throws InterruptedException {
        return start(tlsBootstrap, null);
    }

    private HostResult startPreparedEarly() throws InterruptedException {
        return start(
                TlsBootstrap.AGENT,
                new HostCommand.Preflight(
                        HostProfile.CONTAINERD, "v1.37.2", server.address(), null, List.of(), null, null));
    }

    private HostResult start(TlsBootstrap tlsBootstrap, HostCommand.@Nullable Preflight preflight)
            throws InterruptedException {
        Sleeper sleeper = _ -> onPause.run();
        KubeletBinary binary = new KubeletBinary(host.commands(), host.files());
        HostProbe probe = new HostProbe(host, binary);
        StepExecutor executor = new StepExecutor(host, journal);
        StartKubelet start = new StartKubelet(
                host,
                binary,
                new SealedTokenOpener(agentKey.getPrivate(), host.clock()),
                new StartKubelet.TokenClients(
                        new TokenDiscovery(host.clock(), sleeper, new Random(1)),
                        new CertificateRequester(host.clock(), sleeper, new Random(1)),
                        new TokenRejectionProbe(host.clock(), sleeper)),
                executor,
                new KubeletUnit(host, host.clock(), sleeper),
                kubeletKey,
                new HostVerification(
                        new Preflight(new HostChecks(host, probe, binary, _ -> Optional.empty(), Set.of()), probe),
                        new PrepareHost(probe, executor, kubeletKey)));
        HostCommand.StartKubelet command = new HostCommand.StartKubelet(
                server.address(),
                List.of(CaPin.of(tls.certificate("ca"))),
                "uid",
                TOKEN.id(),
                sealedToken(),
                tlsBootstrap,
                new HostCommand.KubeletSettings(null, null, List.of(), null),
                List.of(),
                null,
                preflight,
                null);
        return start.execute(new Assignment("start", JOIN, NODE, 1, 1, LATER, command), command, (milestone, _) -> {
            milestones.add(milestone);
            onMilestone.accept(milestone);
        });
    }

    private String sealedToken() {
        JsonWebEncryption jwe = new JsonWebEncryption();
        jwe.setAlgorithmHeaderValue(SealedTokenHeader.ALG);
        jwe.setEncryptionMethodHeaderParameter(SealedTokenHeader.ENC);
        jwe.setHeader("typ", SealedTokenHeader.TYP);
        new SealedTokenHeader(JOIN, 1, TOKEN.id(), "uid", LATER).parameters().forEach(jwe::setHeader);
        jwe.setKey(agentKey.getPublic());
        jwe.setPayload(TOKEN.bearerToken());
        try {
            return jwe.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private String text(String path) {
        return new String(host.files().read(path).orElseThrow(), StandardCharsets.UTF_8);
    }

    private String certificatePath() {
        return KubeletPaths.PKI + "/"
                + host.files().linkTarget(KubeletPaths.CLIENT_CERTIFICATE).orElseThrow();
    }

    private List<CommandMilestone> mainMilestones() {
        return milestones.stream()
                .filter(milestone -> milestone != CommandMilestone.StepCompleted)
                .toList();
    }

    /** A kill, before the next effect of this thread. */
    private void dieAt(CommandMilestone milestone, int count) {
        List<CommandMilestone> left =
                new ArrayList<>(Stream.generate(() -> milestone).limit(count).toList());
        onMilestone = reached -> {
            left.remove(reached);
            if (left.isEmpty()) {
                throw new Death();
            }
        };
        assertThatThrownBy(() -> start(TlsBootstrap.AGENT)).isInstanceOf(Death.class);
        onMilestone = _ -> {};
        milestones.clear();
        journal.close();
        startAgent();
    }

    @Test
    void shouldStartTheKubeletWithACertificateForThePreparedKey() throws Exception {
        // given
        String digest = kubeletKey.prepare();

        // when
        HostResult result = start(TlsBootstrap.AGENT);

        // then
        assertThat(result).isEqualTo(new HostResult.KubeletBootstrapped(digest));
        assertThat(mainMilestones())
                .containsExactly(
                        CommandMilestone.CertificateObtained,
                        CommandMilestone.KubeletActive,
                        CommandMilestone.TokenRefused);
        assertThat(Pem.parseCertificates(text(certificatePath()).split("-----BEGIN PRIVATE", 2)[0])
                        .getFirst()
                        .getSubjectX500Principal()
                        .getName())
                .isEqualTo("CN=system:node:w1,O=system:nodes");
        assertThat(text(KubeletPaths.KUBECONFIG)).contains(server.address().toString());
        assertThat(fakeHost.calls()).contains("start kubelet.service");
    }

    @Test
    void shouldPrepareAHostAgainThatHasChangedSinceItsEarlyPreparation() throws Exception {
        // given
        String digest = kubeletKey.prepare();
        fakeHost.text("/proc/sys/net/ipv4/ip_forward", "0\n");

        // when
        HostResult result = startPreparedEarly();

        // then
        assertThat(result).isEqualTo(new HostResult.KubeletBootstrapped(digest));
        assertThat(text("/proc/sys/net/ipv4/ip_forward").strip()).isEqualTo("1");
    }

    @Test
    void shouldNotUseATokenOnAHostThatFailsACheckOfItsJoin() throws Exception {
        // given
        kubeletKey.prepare();
        fakeHost.text("/etc/kubernetes/admin.conf", "of another cluster");

        // when
        HostResult result = startPreparedEarly();

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(failed.findings())
                                .extracting(Finding::name)
                                .contains("leftover-cluster"));
        assertThat(mainMilestones()).isEmpty();
        assertThat(host.files().exists(KubeletPaths.KUBECONFIG)).isFalse();
    }

    @Test
    void shouldTryToConnectIfOnlyTheCheckOfTheApiServerFails() throws Exception {
        // given
        String digest = kubeletKey.prepare();
        fakeHost.network().cutOff(server.address().getHost());

        // when
        HostResult result = startPreparedEarly();

        // then
        assertThat(result).isEqualTo(new HostResult.KubeletBootstrapped(digest));
    }

    @Test
    void shouldNotReplaceAKeyThatIsGone() {
        // when
        HostException failure = catchThrowableOfType(HostException.class, this::startPreparedEarly);

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
        assertThat(kubeletKey.digest()).isEmpty();
    }

    @Test
    void shouldKeepTheKeyWithTheCertificateAndNowhereElse() throws Exception {
        // given
        kubeletKey.prepare();
        String privateKey = Base64.getEncoder()
                .encodeToString(kubeletKey.load().orElseThrow().getPrivate().getEncoded());
        String someOfIt = privateKey.substring(40, 60);

        // when
        start(TlsBootstrap.AGENT);

        // then
        assertThat(text(certificatePath())).contains(someOfIt);
        assertThat(host.files().metadata(certificatePath()).orElseThrow().mode())
                .isEqualTo(0600);
        assertThat(directory.resolve("state/kubelet.key")).doesNotExist();
        assertThat(Files.readString(directory.resolve("state/journal"))).doesNotContain(someOfIt);
    }

    @Test
    void shouldNotStoreTheTokenIfTheAgentUsesIt() throws Exception {
        // given
        kubeletKey.prepare();
        List<String> bootstrapFiles = new ArrayList<>();
        onMilestone = _ -> bootstrapFiles.addAll(host.files().list(KubeletPaths.HOME).stream()
                .filter(name -> name.contains("bootstrap"))
                .toList());

        // when
        start(TlsBootstrap.AGENT);

        // then
        assertThat(bootstrapFiles).isEmpty();
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile)).noneMatch(file -> contains(file, TOKEN.secret()));
        }
    }

    private static boolean contains(Path file, String text) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldKeepTheVerifiedConnectionForTheRequestAndTheWatch() throws Exception {
        // given
        kubeletKey.prepare();

        // when
        start(TlsBootstrap.AGENT);

        // then anonymous read, verified read, creation, watch
        List<InetSocketAddress> clients = server.clients().subList(0, 4);
        assertThat(server.requests()).first().asString().startsWith("POST");
        assertThat(clients.subList(1, 4)).containsOnly(clients.get(1)).doesNotContain(clients.get(0));
    }

    @Test
    void shouldCompleteWithTheKeyOfTheKubeletIfItRequestsItsCertificate() throws Exception {
        // given
        onMilestone = milestone -> {
            if (milestone == CommandMilestone.KubeletActive) {
                fakeHost.directory("var/lib/kubelet/pki");
                host.files().write(KubeletPaths.CLIENT_CERTIFICATE, pem("agent"), 0600);
            }
        };

        // when
        HostResult result = start(TlsBootstrap.KUBELET);

        // then
        String digest = Sha256.hex(tls.certificate("agent").getPublicKey().getEncoded());
        assertThat(result).isEqualTo(new HostResult.KubeletBootstrapped(digest));
        assertThat(mainMilestones()).containsExactly(CommandMilestone.KubeletActive, CommandMilestone.TokenRefused);
        assertThat(host.files().exists(KubeletPaths.BOOTSTRAP_KUBECONFIG)).isFalse();
        assertThat(server.csrs()).isEmpty();
    }

    @Test
    void shouldEraseTheTokenAsSoonAsTheKubeletHasItsCertificate() throws Exception {
        // given
        List<Boolean> tokenOnDisk = new ArrayList<>();
        onPause = () -> {
            tokenOnDisk.add(host.files().exists(KubeletPaths.BOOTSTRAP_KUBECONFIG));
            if (tokenOnDisk.size() == 1) {
                fakeHost.directory("var/lib/kubelet/pki");
                byte[] kubeconfig =
                        host.files().read(KubeletPaths.BOOTSTRAP_KUBECONFIG).orElseThrow();
                host.files().write(KubeletPaths.KUBECONFIG, kubeconfig, 0600);
                host.files().write(KubeletPaths.CLIENT_CERTIFICATE, pem("agent"), 0600);
            } else {
                server.revoke();
            }
        };

        // when
        start(TlsBootstrap.KUBELET);

        // then the API server still accepts it at the second look
        assertThat(tokenOnDisk).startsWith(true, false);
    }

    @Test
    void shouldLetTheKubeletUseTheTokenIfItRequestsItsCertificate() throws Exception {
        // given
        onMilestone = milestone -> {
            if (milestone == CommandMilestone.KubeletActive) {
                throw new Death();
            }
        };

        // when
        assertThatThrownBy(() -> start(TlsBootstrap.KUBELET)).isInstanceOf(Death.class);

        // then
        assertThat(text(KubeletPaths.BOOTSTRAP_KUBECONFIG)).contains(TOKEN.bearerToken());
        assertThat(server.requests()).isEmpty();
        assertThat(mainMilestones()).containsExactly(CommandMilestone.KubeletActive);
    }

    @Test
    void shouldRequestTheSameCertificateAgainAfterACrashBeforeItIsOnDisk() throws Exception {
        // given
        String digest = kubeletKey.prepare();
        dieAt(CommandMilestone.StepCompleted, 7);
        assertThat(host.files().exists(KubeletPaths.CLIENT_CERTIFICATE)).isFalse();

        // when
        HostResult result = start(TlsBootstrap.AGENT);

        // then
        assertThat(result).isEqualTo(new HostResult.KubeletBootstrapped(digest));
        assertThat(server.csrs()).hasSize(1);
        assertThat(mainMilestones()).first().isEqualTo(CommandMilestone.CertificateObtained);
    }

    @Test
    void shouldNotUseTheTokenAgainAfterACrashOnceTheCertificateIsOnDisk() throws Exception {
        // given
        String digest = kubeletKey.prepare();
        dieAt(CommandMilestone.CertificateObtained, 1);
        assertThat(fakeHost.calls()).doesNotContain("start kubelet.service");
        server.revoke();

        // when
        HostResult result = start(TlsBootstrap.AGENT);

        // then
        assertThat(result).isEqualTo(new HostResult.KubeletBootstrapped(digest));
        assertThat(mainMilestones())
                .containsExactly(
                        CommandMilestone.CertificateObtained,
                        CommandMilestone.KubeletActive,
                        CommandMilestone.TokenRefused);
        assertThat(server.requests())
                .filteredOn(request -> request.startsWith("POST"))
                .hasSize(1);
        assertThat(fakeHost.calls()).contains("start kubelet.service");
    }

    @Test
    void shouldContinueAfterACrashOnceThePreparedKeyIsErased() throws Exception {
        // given
        String digest = kubeletKey.prepare();
        dieAt(CommandMilestone.TokenRefused, 1);
        kubeletKey.erase();

        // when
        HostResult result = start(TlsBootstrap.AGENT);

        // then
        assertThat(result).isEqualTo(new HostResult.KubeletBootstrapped(digest));
    }

    @ParameterizedTest
    @EnumSource(names = {"CertificateObtained", "KubeletActive", "TokenRefused"})
    void shouldUndoEverythingAfterACrash(CommandMilestone milestone) throws Exception {
        // given
        kubeletKey.prepare();
        dieAt(milestone, 1);

        // when
        List<?> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(residue).isEmpty();
        assertThat(host.files().list(KubeletPaths.HOME)).isEmpty();
        assertThat(host.files().exists(KubeletPaths.UNIT_FILE)).isFalse();
        assertThat(new KubeletUnit(host, host.clock(), Sleeper.system()).isActive())
                .isFalse();
    }

    @Test
    void shouldNotTakeTheCertificateOfAnEarlierLifeOfTheHostForItsOwn() throws Exception {
        // given
        fakeHost.directory("var/lib/kubelet/pki");
        host.files().write(KubeletPaths.PKI + "/kubelet-client-2025.pem", pem("agent"), 0600);
        host.files().createLink(KubeletPaths.CLIENT_CERTIFICATE, "kubelet-client-2025.pem");
        String digest = kubeletKey.prepare();

        // when the process dies after it has written the kubeconfig
        dieAt(CommandMilestone.StepCompleted, 8);
        HostResult result = start(TlsBootstrap.AGENT);
        List<?> residue = new UndoExecutor(host, journal).undoAll();

        // then
        assertThat(result).isEqualTo(new HostResult.KubeletBootstrapped(digest));
        assertThat(residue).isEmpty();
        assertThat(host.files().linkTarget(KubeletPaths.CLIENT_CERTIFICATE)).contains("kubelet-client-2025.pem");
        assertThat(host.files().list(KubeletPaths.PKI))
                .containsExactly("kubelet-client-2025.pem", "kubelet-client-current.pem");
    }

    private byte[] pem(String alias) {
        return Pem.encode(List.of(tls.certificate(alias))).getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void shouldNotReplaceAFileWithTheLink() throws Exception {
        // given
        fakeHost.directory("var/lib/kubelet/pki");
        host.files().write(KubeletPaths.CLIENT_CERTIFICATE, pem("agent"), 0600);
        kubeletKey.prepare();

        // when
        HostException failure = catchThrowableOfType(HostException.class, () -> start(TlsBootstrap.AGENT));

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.HOST_PATH_UNSAFE);
        assertThat(host.files().read(KubeletPaths.CLIENT_CERTIFICATE)).contains(pem("agent"));
    }

    @Test
    void shouldNotUseTheTokenWithoutThePreparedKey() {
        // when
        HostException failure = catchThrowableOfType(HostException.class, () -> start(TlsBootstrap.AGENT));

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.CSR_KEY_MISMATCH);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void shouldNotSendTheTokenToAnUnprovenCluster() throws Exception {
        // given
        kubeletKey.prepare();
        server.close();
        server = new FakeApiServer(tls, BootstrapToken.parse("abcdef.fedcba9876543210"));

        // when
        HostException failure = catchThrowableOfType(HostException.class, () -> start(TlsBootstrap.AGENT));

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void shouldLeaveNothingIfItIsResetWhileItsRequestIsDenied() throws Exception {
        // given
        String digest = kubeletKey.prepare();
        server.deny();
        CompletableFuture<HostResult> end = new CompletableFuture<>();
        Thread command = Thread.ofVirtual().start(() -> {
            try {
                end.complete(start(TlsBootstrap.AGENT));
            } catch (InterruptedException | RuntimeException e) {
                end.completeExceptionally(e);
            }
        });
        server.awaitWatch();
        command.interrupt();
        command.join();
        KubeletUnit unit = new KubeletUnit(host, host.clock(), Sleeper.system());
        ResetHost reset = new ResetHost(
                host,
                journal,
                new UndoExecutor(host, journal),
                unit,
                kubeletKey,
                new TokenRejectionProbe(host.clock(), Sleeper.system()));

        // when
        HostResult result = reset.execute((_, _) -> {});

        // then
        assertThat(end).isCompletedExceptionally();
        assertThat(result).isEqualTo(new HostResult.HostReset(false, digest, List.of()));
        assertThat(host.files().list(KubeletPaths.HOME)).isEmpty();
        assertThat(kubeletKey.load()).isEmpty();
    }

    /** Nothing catches it, as nothing catches a kill. */
    private static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }
}
