package io.nodejoin.agent.command;

import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TokenDiscovery;
import io.nodejoin.agent.discovery.TokenRejectionProbe;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FileMetadata;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.kubelet.AnonymousAccessCheck;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.CriEndpoint;
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
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.time.Instant;
import java.util.Optional;

/** Starts the kubelet: from the sealed token to a kubelet with its own certificate and a rejected token. */
public final class StartKubelet {
    private final HostPorts host;
    private final KubeletBinary binary;
    private final SealedTokenOpener opener;
    private final TokenDiscovery discovery;
    private final StepExecutor executor;
    private final KubeletUnit unit;
    private final TokenRejectionProbe tokenProbe;

    public StartKubelet(
            HostPorts host,
            KubeletBinary binary,
            SealedTokenOpener opener,
            TokenDiscovery discovery,
            StepExecutor executor,
            KubeletUnit unit,
            TokenRejectionProbe tokenProbe) {
        this.host = host;
        this.binary = binary;
        this.opener = opener;
        this.discovery = discovery;
        this.executor = executor;
        this.unit = unit;
        this.tokenProbe = tokenProbe;
    }

    /**
     * Starts the kubelet. If it has been started already, as after a crash or a reboot, waits for the token's rejection
     * only.
     *
     * @throws HostException with the code of what failed; changes are in the journal
     */
    public HostResult execute(Assignment assignment, HostCommand.StartKubelet command, ProgressListener progress)
            throws InterruptedException {
        Instant heldSince = tokenProbe.now();
        BootstrapToken token = opener.open(assignment, command);
        Optional<TrustedCluster> started = findStartedCluster(token);
        TrustedCluster cluster =
                started.isPresent() ? resume(started.get()) : start(assignment, command, token, progress);
        int restarts = unit.restarts();
        unit.awaitHealthy(restarts);
        progress.onProgress(CommandMilestone.KubeletActive, KubeletPaths.UNIT);
        AnonymousAccessCheck access = unit.anonymousAccessCheck();
        Runnable watch = () -> {
            unit.requireAlive(restarts);
            access.probe();
        };
        if (!tokenProbe.awaitRejection(cluster, token, heldSince, assignment.expiresAt(), watch)) {
            throw new HostException(
                    ErrorCode.REVOCATION_UNVERIFIED,
                    "the token " + token.id() + " was not refused before " + assignment.expiresAt());
        }
        String keyDigest = unit.clientKeyDigest();
        access.awaitRejection();
        host.files().delete(KubeletPaths.BOOTSTRAP_KUBECONFIG);
        progress.onProgress(CommandMilestone.TokenRefused, "token " + token.id());
        return new HostResult.KubeletBootstrapped(keyDigest);
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
    private TrustedCluster resume(TrustedCluster cluster) {
        host.systemd().enableAndStart(KubeletPaths.UNIT);
        return cluster;
    }

    private TrustedCluster start(
            Assignment assignment, HostCommand.StartKubelet command, BootstrapToken token, ProgressListener progress)
            throws InterruptedException {
        TrustedCluster cluster = discovery.discover(command.apiServer(), command.caPins(), token);
        String program = binary.requireAccepted(command.kubeletDigests());
        KubeletPlan plan = new KubeletPlan(
                assignment.node(),
                command.kubelet(),
                HostSettings.orDefault(command.settings()),
                new BootstrapKubeconfig(cluster, token),
                program,
                CriEndpoint.detect(host.files()),
                hasDropIns(host.files()));
        executor.apply(plan.steps(), step -> progress.onProgress(CommandMilestone.StepCompleted, step));
        return cluster;
    }

    private static boolean hasDropIns(HostFiles files) {
        return files.metadata(KubeletPaths.DROP_INS)
                .filter(metadata -> metadata.kind() == FileMetadata.Kind.DIRECTORY)
                .isPresent();
    }
}
