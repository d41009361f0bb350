package io.nodejoin.agent.command;

import io.nodejoin.agent.discovery.ClusterDiscovery;
import io.nodejoin.agent.discovery.SealedTokenOpener;
import io.nodejoin.agent.discovery.TokenProbe;
import io.nodejoin.agent.discovery.TrustedCluster;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FileStamp;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostFiles;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.CriEndpoint;
import io.nodejoin.agent.kubelet.KubeletAccess;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletPlan;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.discovery.BootstrapToken;
import java.time.Instant;
import java.util.Optional;

/** From the sealed token to a kubelet that runs under its own certificate, and a token that nobody accepts any more. */
public final class StartKubelet {
    private final HostParts host;
    private final KubeletBinary binary;
    private final SealedTokenOpener opener;
    private final ClusterDiscovery discovery;
    private final StepExecutor executor;
    private final KubeletUnit unit;
    private final TokenProbe tokens;

    public StartKubelet(
            HostParts host,
            KubeletBinary binary,
            SealedTokenOpener opener,
            ClusterDiscovery discovery,
            StepExecutor executor,
            KubeletUnit unit,
            TokenProbe tokens) {
        this.host = host;
        this.binary = binary;
        this.opener = opener;
        this.discovery = discovery;
        this.executor = executor;
        this.unit = unit;
        this.tokens = tokens;
    }

    /**
     * Run again, after a crash or a reboot, for a kubelet that it has already started, it goes on with waiting for the
     * token's end.
     *
     * @throws HostFailure with the code of what failed; what was changed is journalled
     */
    public HostResult run(Assignment assignment, HostCommand.StartKubelet command, Marks marks)
            throws InterruptedException {
        Instant heldSince = tokens.now();
        BootstrapToken token = opener.open(assignment, command);
        Optional<TrustedCluster> started = started(token);
        TrustedCluster cluster = started.isPresent() ? goOn(started.get()) : start(assignment, command, token, marks);
        int restarts = unit.restarts();
        unit.awaitHealthy(restarts);
        marks.reached(HostMark.KubeletActive, KubeletPaths.UNIT);
        KubeletAccess access = unit.access();
        Runnable watch = () -> {
            unit.requireAlive(restarts);
            access.tryAsStranger();
        };
        if (!tokens.awaitRefusal(cluster, token, heldSince, assignment.expiresAt(), watch)) {
            throw new HostFailure(
                    ErrorCode.REVOCATION_UNVERIFIED,
                    "the token " + token.id() + " was not refused before " + assignment.expiresAt());
        }
        String keyDigest = unit.clientKeyDigest();
        access.awaitProof();
        host.files().remove(KubeletPaths.BOOTSTRAP_KUBECONFIG);
        marks.reached(HostMark.TokenRefused, "token " + token.id());
        return new HostResult.KubeletBootstrapped(keyDigest);
    }

    /**
     * The kubelet may run already with this very token, or have its certificate: then the token may be gone from the
     * cluster, and after a reboot from the host. Only this join can have brought it one, since the preflight wants none.
     */
    private Optional<TrustedCluster> started(BootstrapToken token) {
        return host.files()
                .read(KubeletPaths.BOOTSTRAP_KUBECONFIG)
                .flatMap(BootstrapKubeconfig::parse)
                .filter(written -> written.token().equals(token) && unit.active())
                .map(BootstrapKubeconfig::cluster)
                .or(unit::cluster);
    }

    /** A crash may have come after the start of the unit and before it was to start at boot. */
    private TrustedCluster goOn(TrustedCluster cluster) {
        host.systemd().enableAndStart(KubeletPaths.UNIT);
        return cluster;
    }

    private TrustedCluster start(
            Assignment assignment, HostCommand.StartKubelet command, BootstrapToken token, Marks marks)
            throws InterruptedException {
        TrustedCluster cluster = discovery.discover(command.apiServer(), command.caPins(), token);
        String program = binary.require(command.kubeletDigests());
        KubeletPlan plan = new KubeletPlan(
                assignment.node(),
                command.kubelet(),
                HostSettings.orNone(command.settings()),
                new BootstrapKubeconfig(cluster, token),
                program,
                CriEndpoint.of(host.files()),
                hasDropIns(host.files()));
        executor.apply(plan.steps(), step -> marks.reached(HostMark.StepDone, step));
        return cluster;
    }

    private static boolean hasDropIns(HostFiles files) {
        return files.stamp(KubeletPaths.DROP_INS)
                .filter(stamp -> stamp.kind() == FileStamp.Kind.DIRECTORY)
                .isPresent();
    }
}
