package io.nodejoin.agent.command;

import io.nodejoin.agent.discovery.TokenProbe;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.journal.Change;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.journal.Undo;
import io.nodejoin.agent.kubelet.BootstrapKubeconfig;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.kubelet.KubeletUnit;
import io.nodejoin.agent.step.UndoExecutor;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostMark;
import io.nodejoin.protocol.agent.HostResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Takes back what earlier commands changed. Only a kubelet that this agent has started is stopped. */
public final class ResetHost {
    private static final Logger LOG = System.getLogger(ResetHost.class.getName());

    private static final Duration REFUSAL_TIMEOUT = Duration.ofSeconds(15);

    /** The ways back from a start of the kubelet. */
    private static final Set<Undo> STARTED =
            Set.of(new Undo.DisableUnit(KubeletPaths.UNIT), new Undo.StopUnit(KubeletPaths.UNIT));

    private final HostParts host;
    private final Journal journal;
    private final UndoExecutor undo;
    private final KubeletUnit kubelet;
    private final TokenProbe tokens;

    public ResetHost(HostParts host, Journal journal, UndoExecutor undo, KubeletUnit kubelet, TokenProbe tokens) {
        this.host = host;
        this.journal = journal;
        this.undo = undo;
        this.kubelet = kubelet;
        this.tokens = tokens;
    }

    /** A clean host stays as it is. */
    public HostResult run(Marks marks) throws InterruptedException {
        Optional<BootstrapKubeconfig> held = held();
        if (stopped()) {
            marks.reached(HostMark.KubeletStopped, KubeletPaths.UNIT);
        }
        noteHeldKey();
        List<Finding> residue = undo.takeBack();
        boolean refused = held.isPresent() && refused(held.get());
        if (refused) {
            marks.reached(HostMark.TokenRefused, "token " + held.get().token().id());
        }
        return new HostResult.HostReset(refused, wipedKey().orElse(null), residue);
    }

    private Optional<BootstrapKubeconfig> held() {
        try {
            return host.files().read(KubeletPaths.BOOTSTRAP_KUBECONFIG).flatMap(BootstrapKubeconfig::parse);
        } catch (HostFailure e) {
            return Optional.empty();
        }
    }

    /** Whether no kubelet of this agent runs any more. One that cannot be stopped is named by the residue. */
    private boolean stopped() {
        try {
            if (startedKubelet()) {
                host.systemd().stop(KubeletPaths.UNIT);
            }
            return true;
        } catch (HostFailure e) {
            return false;
        }
    }

    /** Where nobody can look, the rest is taken back nevertheless, and the residue names the place. */
    private void noteHeldKey() {
        try {
            kubelet.heldKeyDigest().ifPresent(journal::wiping);
        } catch (HostFailure e) {
            LOG.log(Level.WARNING, e.problem().text());
        }
    }

    /** A key that may lie there still, or that a kubelet may have in memory, is not told as wiped. */
    private Optional<String> wipedKey() {
        try {
            Optional<String> left = kubelet.heldKeyDigest();
            return kubelet.stopped()
                    ? journal.keyToWipe().filter(key -> !left.equals(Optional.of(key)))
                    : Optional.empty();
        } catch (HostFailure e) {
            LOG.log(Level.WARNING, e.problem().text());
            return Optional.empty();
        }
    }

    private boolean startedKubelet() {
        return journal.changes().stream().map(Change::undo).anyMatch(STARTED::contains);
    }

    private boolean refused(BootstrapKubeconfig held) throws InterruptedException {
        Instant end = tokens.now().plus(REFUSAL_TIMEOUT);
        return tokens.awaitRefusal(held.cluster(), held.token(), Instant.EPOCH, end, () -> {});
    }
}
