package io.nodejoin.agent.command;

import io.nodejoin.agent.discovery.TokenRejectionProbe;
import io.nodejoin.agent.discovery.TokenRejectionProbe.Frequency;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.journal.Change;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.Finding.Severity;
import io.nodejoin.protocol.agent.HostResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Undoes what earlier commands changed. Stops the kubelet only if this agent has started it. */
public final class ResetHost {
    private static final Logger LOG = System.getLogger(ResetHost.class.getName());

    private static final Duration TOKEN_REJECTION_TIMEOUT = Duration.ofSeconds(15);

    /** The undo types of a start of the kubelet. */
    private static final Set<Undo> KUBELET_START_UNDOS =
            Set.of(new Undo.DisableUnit(KubeletPaths.UNIT), new Undo.StopUnit(KubeletPaths.UNIT));

    private final HostPorts host;
    private final Journal journal;
    private final UndoExecutor undo;
    private final KubeletUnit kubelet;
    private final KubeletKey preparedKey;
    private final TokenRejectionProbe tokenProbe;

    public ResetHost(
            HostPorts host,
            Journal journal,
            UndoExecutor undo,
            KubeletUnit kubelet,
            KubeletKey preparedKey,
            TokenRejectionProbe tokenProbe) {
        this.host = host;
        this.journal = journal;
        this.undo = undo;
        this.kubelet = kubelet;
        this.preparedKey = preparedKey;
        this.tokenProbe = tokenProbe;
    }

    /** Resets the host. A clean host is not changed. Idempotent. */
    public HostResult execute(ProgressListener progress) throws InterruptedException {
        Optional<BootstrapKubeconfig> held = heldCredential();
        if (stopKubelet()) {
            progress.onProgress(CommandMilestone.KubeletStopped, KubeletPaths.UNIT);
        }
        journalHeldKey();
        List<Finding> residue = Stream.concat(erasePreparedKey().stream(), undo.undoAll().stream())
                .toList();
        boolean refused = held.isPresent() && awaitTokenRejected(held.get());
        if (refused) {
            progress.onProgress(
                    CommandMilestone.TokenRefused, "token " + held.get().token().id());
        }
        return new HostResult.HostReset(refused, wipedKey().orElse(null), residue);
    }

    private Optional<BootstrapKubeconfig> heldCredential() {
        try {
            return host.files().read(KubeletPaths.BOOTSTRAP_KUBECONFIG).flatMap(BootstrapKubeconfig::parse);
        } catch (HostException e) {
            return Optional.empty();
        }
    }

    /** Stops the kubelet. Returns whether none of this agent's runs; one that cannot be stopped becomes residue. */
    private boolean stopKubelet() {
        try {
            if (startedKubelet()) {
                host.systemd().stop(KubeletPaths.UNIT);
            }
            return true;
        } catch (HostException e) {
            return false;
        }
    }

    /**
     * A prepared key is that of the join's certificate, if there is one; the host may have another one from before the
     * join. If neither can be read, the rest is undone nevertheless, and the residue names its path.
     */
    private void journalHeldKey() {
        readKey(preparedKey::digest).or(() -> readKey(kubelet::heldKeyDigest)).ifPresent(journal::recordKeyWipe);
    }

    /** Returns the key; empty if there is none, or it cannot be read. */
    private static Optional<String> readKey(Supplier<Optional<String>> digest) {
        try {
            return digest.get();
        } catch (HostException e) {
            LOG.log(Level.WARNING, e.problem().toLine());
            return Optional.empty();
        }
    }

    private Optional<Finding> erasePreparedKey() {
        try {
            preparedKey.erase();
            return Optional.empty();
        } catch (HostException e) {
            return Optional.of(new Finding(
                    "residue",
                    Severity.ERROR,
                    "the kubelet's prepared key is not erased: " + e.problem().detail(),
                    "repair it by hand, then ResetHost"));
        }
    }

    /** Returns the key that has been erased; empty for one that may still be on disk, or in a kubelet's memory. */
    private Optional<String> wipedKey() {
        try {
            Optional<String> held = kubelet.heldKeyDigest();
            Optional<String> prepared = preparedKey.digest();
            return kubelet.isStopped()
                    ? journal.keyToWipe()
                            .filter(key -> Stream.of(held, prepared)
                                    .flatMap(Optional::stream)
                                    .noneMatch(key::equals))
                    : Optional.empty();
        } catch (HostException e) {
            LOG.log(Level.WARNING, e.problem().toLine());
            return Optional.empty();
        }
    }

    private boolean startedKubelet() {
        return journal.changes().stream().map(Change::undo).anyMatch(KUBELET_START_UNDOS::contains);
    }

    private boolean awaitTokenRejected(BootstrapKubeconfig held) throws InterruptedException {
        Instant end = tokenProbe.now().plus(TOKEN_REJECTION_TIMEOUT);
        return tokenProbe.awaitRejection(
                held.cluster(), held.token(), TokenRejectionProbe.LONG_AGO, Frequency.OFTEN, end, () -> {});
    }
}
