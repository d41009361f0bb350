package io.nodejoin.agent.command;

import io.nodejoin.agent.csr.CertificateRequester;
import io.nodejoin.agent.csr.CsrObject;
import io.nodejoin.agent.discovery.ClusterConnection;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TokenDiscovery;
import io.nodejoin.agent.discovery.TokenRejectionProbe;
import io.nodejoin.agent.discovery.TokenRejectionProbe.Frequency;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.kubelet.AnonymousAccessCheck;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.ClientCertificate;
import io.nodejoin.agent.kubelet.ClientKubeconfig;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.kubelet.KubeletCredential;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletPlan;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Starts the kubelet: from the sealed token to a kubelet with its own certificate and a rejected token. */
public final class StartKubelet {
    private static final Logger LOG = System.getLogger(StartKubelet.class.getName());

    private final HostPorts host;
    private final KubeletBinary binary;
    private final SealedTokenOpener opener;
    private final TokenClients clients;
    private final StepExecutor executor;
    private final KubeletUnit unit;
    private final KubeletKey kubeletKey;
    private final HostVerification verification;

    /** The clients of the API server that use a token. */
    public record TokenClients(
            TokenDiscovery discovery, CertificateRequester certificates, TokenRejectionProbe rejection) {}

    public StartKubelet(
            HostPorts host,
            KubeletBinary binary,
            SealedTokenOpener opener,
            TokenClients clients,
            StepExecutor executor,
            KubeletUnit unit,
            KubeletKey kubeletKey,
            HostVerification verification) {
        this.host = host;
        this.binary = binary;
        this.opener = opener;
        this.clients = clients;
        this.executor = executor;
        this.unit = unit;
        this.kubeletKey = kubeletKey;
        this.verification = verification;
    }

    /**
     * Starts the kubelet. If it has been started already, or has its certificate, as after a crash or a reboot, waits for
     * the token's rejection only.
     *
     * @throws HostException with the code of what failed; changes are in the journal
     */
    public HostResult execute(Assignment assignment, HostCommand.StartKubelet command, ProgressListener progress)
            throws InterruptedException {
        Instant received = clients.rejection().now();
        BootstrapToken token = opener.open(assignment, command);
        Optional<TrustedCluster> started = findStartedCluster(token);
        TrustedCluster cluster;
        try {
            cluster = started.isPresent()
                    ? resume(started.get(), command.tlsBootstrap(), progress)
                    : start(assignment, command, token, progress);
        } catch (HostVerification.FailedException unfit) {
            return unfit.result();
        }
        int restarts = unit.restarts();
        unit.awaitHealthy(restarts);
        progress.onProgress(CommandMilestone.KubeletActive, KubeletPaths.UNIT);
        AnonymousAccessCheck access = unit.anonymousAccessCheck();
        Runnable watch = () -> {
            eraseUsedToken();
            unit.requireAlive(restarts);
            access.probe();
        };
        boolean kubeletHoldsToken = command.tlsBootstrap() == TlsBootstrap.KUBELET;
        boolean refused = clients.rejection()
                .awaitRejection(
                        cluster,
                        token,
                        kubeletHoldsToken ? received : TokenRejectionProbe.LONG_AGO,
                        kubeletHoldsToken ? Frequency.OFTEN : Frequency.SELDOM,
                        assignment.expiresAt(),
                        watch);
        if (!refused) {
            throw new HostException(
                    ErrorCode.REVOCATION_UNVERIFIED,
                    "the token " + token.id() + " was not refused before " + assignment.expiresAt());
        }
        String keyDigest = unit.clientKeyDigest();
        access.awaitRejection();
        host.files().delete(KubeletPaths.BOOTSTRAP_KUBECONFIG);
        progress.onProgress(CommandMilestone.TokenRefused, "token " + token.id());
        kubeletKey.erase();
        return new HostResult.KubeletBootstrapped(keyDigest);
    }

    /** A kubelet that has its certificate and a kubeconfig never reads the token again, not even after a restart. */
    private void eraseUsedToken() {
        if (host.files().exists(KubeletPaths.BOOTSTRAP_KUBECONFIG)
                && unit.cluster().isPresent()) {
            host.files().delete(KubeletPaths.BOOTSTRAP_KUBECONFIG);
        }
    }

    /**
     * Returns the cluster of a kubelet that runs with this token or already has its certificate: then the token may be
     * deleted in the cluster, and after a reboot on the host. Only this join can have issued it, since the preflight
     * requires that there is none.
     */
    private Optional<TrustedCluster> findStartedCluster(BootstrapToken token) {
        return host.files()
                .read(KubeletPaths.BOOTSTRAP_KUBECONFIG)
                .flatMap(BootstrapKubeconfig::parse)
                .filter(written -> written.token().equals(token) && unit.isActive())
                .map(BootstrapKubeconfig::cluster)
                .or(unit::cluster);
    }

    /** Enables the unit again: the crash may have come after its start and before it was enabled. */
    private TrustedCluster resume(TrustedCluster cluster, TlsBootstrap tlsBootstrap, ProgressListener progress) {
        if (tlsBootstrap == TlsBootstrap.AGENT) {
            progress.onProgress(CommandMilestone.CertificateObtained, KubeletPaths.CLIENT_CERTIFICATE);
        }
        host.systemd().enableAndStart(KubeletPaths.UNIT);
        return cluster;
    }

    private TrustedCluster start(
            Assignment assignment, HostCommand.StartKubelet command, BootstrapToken token, ProgressListener progress)
            throws InterruptedException {
        return switch (command.tlsBootstrap()) {
            case AGENT -> startWithCertificate(assignment, command, token, progress);
            case KUBELET -> startWithToken(assignment, command, token, progress);
        };
    }

    private TrustedCluster startWithToken(
            Assignment assignment, HostCommand.StartKubelet command, BootstrapToken token, ProgressListener progress)
            throws InterruptedException {
        TrustedCluster cluster = clients.discovery().discover(command.apiServer(), command.caPins(), token);
        KubeletPlan plan = plan(assignment, command, new BootstrapKubeconfig(cluster, token));
        executor.apply(plan.steps(), step -> progress.onProgress(CommandMilestone.StepCompleted, step));
        return cluster;
    }

    /** The undo of the unit's start is in the journal before the certificate, with which {@link #resume} starts it. */
    private TrustedCluster startWithCertificate(
            Assignment assignment, HostCommand.StartKubelet command, BootstrapToken token, ProgressListener progress)
            throws InterruptedException {
        KeyPair key = kubeletKey
                .load()
                .orElseThrow(() -> new HostException(
                        ErrorCode.CSR_KEY_MISMATCH, "the kubelet's key that this host has prepared is gone"));
        CsrObject csr = new CsrObject(assignment.node(), key, command.expirationSeconds());
        try (HostVerification.Running verified = verification.start(command.preflight(), progress);
                ClusterConnection connection = connect(command, token, verified)) {
            LOG.log(Level.INFO, "StartKubelet: the cluster is verified");
            verified.requirePassed();
            LOG.log(Level.INFO, "StartKubelet: the host is verified");
            ClientKubeconfig kubeconfig = new ClientKubeconfig(connection.cluster());
            KubeletPlan plan = plan(assignment, command, kubeconfig);
            executor.apply(plan.fileSteps(), step -> progress.onProgress(CommandMilestone.StepCompleted, step));
            List<X509Certificate> chain =
                    clients.certificates().request(connection, token, csr, assignment.expiresAt());
            ClientCertificate certificate = new ClientCertificate(
                    chain, key.getPrivate(), clients.rejection().now());
            String obtained = certificate.writeStep().name();
            executor.apply(KubeletPlan.startSteps(kubeconfig.steps(certificate)), step -> {
                progress.onProgress(CommandMilestone.StepCompleted, step);
                if (step.equals(obtained)) {
                    progress.onProgress(CommandMilestone.CertificateObtained, KubeletPaths.CLIENT_CERTIFICATE);
                }
            });
            return connection.cluster();
        }
    }

    /** A host that does not fit its join may not get a connection for just that reason. */
    private ClusterConnection connect(
            HostCommand.StartKubelet command, BootstrapToken token, HostVerification.Running verified)
            throws InterruptedException {
        try {
            return clients.discovery().connect(command.apiServer(), command.caPins(), token);
        } catch (HostException e) {
            verified.requirePassed();
            throw e;
        }
    }

    /** @throws HostException if the kubelet's binary is not an accepted one */
    private KubeletPlan plan(Assignment assignment, HostCommand.StartKubelet command, KubeletCredential credential) {
        return new KubeletPlan(
                assignment.node(),
                command.kubelet(),
                HostSettings.orDefault(command.settings()),
                credential,
                binary.requireAccepted(command.kubeletDigests()),
                CriEndpoint.detect(host.files()),
                hasDropIns(host.files()));
    }

    private static boolean hasDropIns(HostFiles files) {
        return files.metadata(KubeletPaths.DROP_INS)
                .filter(metadata -> metadata.kind() == FileMetadata.Kind.DIRECTORY)
                .isPresent();
    }
}
