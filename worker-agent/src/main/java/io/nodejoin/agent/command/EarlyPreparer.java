package io.nodejoin.agent.command;

import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks and prepares a host before its join is known. Only a host that no join has changed: after a reset the next join
 * prepares it. Its changes are in the journal, and a reset undoes them like those of a command. Not for several threads.
 */
public final class EarlyPreparer {
    private static final Logger LOG = System.getLogger(EarlyPreparer.class.getName());

    private final HostCommand.@Nullable PrepareHost wanted;
    private final Preflight preflight;
    private final PrepareHost prepareHost;
    private final Journal journal;
    private boolean attempted;
    private @Nullable EarlyPreparation prepared;

    /** @param wanted what the host is prepared for; absent if it waits for its join */
    public EarlyPreparer(
            HostCommand.@Nullable PrepareHost wanted, Preflight preflight, PrepareHost prepareHost, Journal journal) {
        this.wanted = wanted;
        this.preflight = preflight;
        this.prepareHost = prepareHost;
        this.journal = journal;
    }

    /**
     * Prepares the host with the first call. A host that fails a check or a step, or whose preparation would disturb
     * another use, waits for its join, which reports why.
     *
     * @return empty if the host is not prepared, or a join has sent a command
     */
    public Optional<EarlyPreparation> prepare() throws InterruptedException {
        if (wanted == null || journal.hasAcceptedCommand()) {
            return Optional.empty();
        }
        if (!attempted) {
            attempted = true;
            prepared = tryPrepare(wanted).orElse(null);
        }
        return Optional.ofNullable(prepared);
    }

    private Optional<EarlyPreparation> tryPrepare(HostCommand.PrepareHost command) throws InterruptedException {
        try {
            return switch (preflight.executeBeforeJoin(command)) {
                case HostResult.PreflightPassed passed -> prepare(command, passed.facts());
                case HostResult.HostFailed failed -> postponed(failed.problem());
                case HostResult other -> throw new IllegalStateException("the preflight ended with " + other);
            };
        } catch (HostException e) {
            return postponed(e.problem());
        }
    }

    private Optional<EarlyPreparation> prepare(HostCommand.PrepareHost command, HostFacts facts) {
        Optional<HostResult> result = prepareHost.executeUndisturbing(
                command, (milestone, step) -> LOG.log(Level.INFO, "early preparation: {0}: {1}", milestone, step));
        return switch (result.orElse(null)) {
            case HostResult.HostPrepared(var _, var _, String key)
            when key != null -> {
                LOG.log(Level.INFO, "early preparation: done");
                yield Optional.of(new EarlyPreparation(command, facts, key));
            }
            case HostResult.HostFailed failed -> postponed(failed.problem());
            case null, default -> Optional.empty();
        };
    }

    private static Optional<EarlyPreparation> postponed(Problem why) {
        LOG.log(Level.WARNING, "the host is prepared by its join, not early: {0}", why.toLine());
        return Optional.empty();
    }
}
