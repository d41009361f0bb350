package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.CommandMilestone;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The execution of each command by the agent. A command that is run again after a crash continues. */
final class HostCommands {
    private static final Duration FRESH = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration DISCOVERY = Duration.ofSeconds(20);
    private static final Duration CERTIFICATE = Duration.ofMinutes(3);
    private static final Duration REFUSAL = Duration.ofSeconds(15);

    private final World world;
    private final SimulatedHost host;
    private boolean hesitated;

    HostCommands(World world, SimulatedHost host) {
        this.world = world;
        this.host = host;
    }

    HostResult run(Fiber own, Assignment assignment, Consumer<CommandMilestone> marks) {
        return switch (assignment.command()) {
            case HostCommand.Preflight _ -> preflight(own);
            case HostCommand.PrepareHost prepare -> prepare(own, prepare.tlsBootstrap());
            case HostCommand.StartKubelet start ->
                switch (start.tlsBootstrap()) {
                    case AGENT -> startWithPreparedKey(own, start, assignment.expiresAt(), marks);
                    case KUBELET -> start(own, start, assignment.expiresAt(), marks);
                };
            case HostCommand.ResetHost _ -> reset(own, marks);
            case HostCommand.CollectDiagnostics _ -> new HostResult.Diagnostics(List.of());
        };
    }

    static HostResult failed(ErrorCode code, String detail) {
        return new HostResult.HostFailed(new Problem(code, detail), List.of(), List.of("last line of the log"));
    }

    /**
     * Prepares a host that no command has changed.
     *
     * @param highestSequence that of the last accepted command; 0 before the first one
     */
    Optional<EarlyPreparation> prepareEarly(long highestSequence) {
        if (highestSequence > 0 || !host.preparesEarly) {
            return Optional.empty();
        }
        String key = prepareKey();
        world.trace.add("agent", "host is prepared early, with " + key);
        return Optional.of(new EarlyPreparation(
                new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.AGENT, null, null),
                SimulatedHost.FACTS,
                key));
    }

    private String prepareKey() {
        if (host.preparedKey == null) {
            host.preparedKey = Sha256.hex("host-key-" + world.random.nextText(6));
        }
        return host.preparedKey;
    }

    /**
     * Checks and prepares a host again that was prepared early. A command that continues has changed it itself; an API
     * server that is away is for the start to wait for.
     */
    private Optional<HostResult> verify(Fiber own) {
        if (!host.changed
                && preflight(own) instanceof HostResult.HostFailed failed
                && failed.problem().code() != ErrorCode.HOST_CANNOT_REACH_API_SERVER) {
            return Optional.of(failed);
        }
        return prepare(own, TlsBootstrap.AGENT) instanceof HostResult.HostFailed failed
                ? Optional.of(failed)
                : Optional.empty();
    }

    private HostResult preflight(Fiber own) {
        own.sleep(world.random.nextMillis(100, 3_000));
        if (!world.faults.isReachable()) {
            return failed(ErrorCode.HOST_CANNOT_REACH_API_SERVER, "api-server: no connection");
        }
        return host.changed || world.faults.fires(Fault.PREFLIGHT_FAILS)
                ? failed(ErrorCode.HOST_PREFLIGHT_FAILED, "a check failed")
                : new HostResult.PreflightPassed(SimulatedHost.FACTS, List.of());
    }

    private HostResult prepare(Fiber own, TlsBootstrap tlsBootstrap) {
        host.changed = true;
        own.sleep(world.random.nextMillis(500, 40_000));
        if (world.faults.fires(Fault.PREPARE_FAILS)) {
            return failed(
                    world.random.nextPercent(50) ? ErrorCode.HOST_PREPARE_FAILED : ErrorCode.HOST_DISK_FULL,
                    "a step failed");
        }
        if (tlsBootstrap == TlsBootstrap.AGENT) {
            prepareKey();
        }
        return new HostResult.HostPrepared("plan", List.of("swap-off"), host.preparedKey);
    }

    private HostResult startWithPreparedKey(
            Fiber own, HostCommand.StartKubelet start, Instant expiresAt, Consumer<CommandMilestone> marks) {
        SimulatedHost.HeldToken token = new SimulatedHost.HeldToken(start.tokenId(), start.sealedToken());
        Instant heldSince = world.timeline.now();
        if (host.clientKey == null) {
            Optional<HostResult> failure = (start.preflight() == null ? Optional.<HostResult>empty() : verify(own))
                    .or(() -> obtainCertificate(own, token, expiresAt));
            if (failure.isPresent()) {
                return failure.get();
            }
        }
        String key = Objects.requireNonNull(host.clientKey);
        marks.accept(CommandMilestone.CertificateObtained);
        if (world.faults.fires(Fault.KUBELET_FAILS) || hesitates()) {
            own.sleep(world.random.nextSeconds(5, 60));
            return failed(ErrorCode.KUBELET_NOT_STARTED, "the unit does not stay active");
        }
        host.startCertifiedKubelet(key);
        own.sleep(world.random.nextMillis(500, 5_000));
        marks.accept(CommandMilestone.KubeletActive);
        if (!awaitRefusal(own, token, heldSince, expiresAt, true)) {
            return failed(ErrorCode.REVOCATION_UNVERIFIED, "the token was not refused");
        }
        host.preparedKey = null;
        marks.accept(CommandMilestone.TokenRefused);
        return new HostResult.KubeletBootstrapped(key);
    }

    /** Requests the certificate of the prepared key; a repeated command continues with the earlier CSR. */
    private Optional<HostResult> obtainCertificate(Fiber own, SimulatedHost.HeldToken token, Instant expiresAt) {
        String key = host.preparedKey;
        Instant begun = world.timeline.now();
        if (key == null
                || !own.await(begun.plus(DISCOVERY), POLL, () -> world.api.signatures.containsKey(token.id()))) {
            return Optional.of(failed(ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID, "no signature of the token"));
        }
        own.sleep(world.random.nextMillis(50, 1_000));
        Instant limit = begun.plus(CERTIFICATE);
        Instant end = limit.isBefore(expiresAt) ? limit : expiresAt;
        Instant[] lastKnown = {world.timeline.now()};
        boolean[] issued = {false};
        own.await(end, POLL, () -> {
            boolean known = isAuthenticated(token);
            if (known || !world.faults.isReachable()) {
                lastKnown[0] = world.timeline.now();
            }
            issued[0] = known && findOrRequest(token, key).notAfter != null;
            return issued[0] || isLost(lastKnown[0]);
        });
        if (!issued[0] && isLost(lastKnown[0])) {
            return Optional.of(failed(ErrorCode.TOKEN_LOST, "the token is rejected"));
        }
        if (!issued[0]) {
            return Optional.of(failed(ErrorCode.CERTIFICATE_NOT_ISSUED, "no certificate was issued"));
        }
        host.clientKey = key;
        world.trace.add("agent", "has the kubelet's certificate for " + key);
        return Optional.empty();
    }

    private boolean isLost(Instant lastKnown) {
        return !world.timeline.now().isBefore(lastKnown.plus(FRESH));
    }

    private boolean isAuthenticated(SimulatedHost.HeldToken token) {
        return world.faults.isReachable() && world.api.authenticates(token.id(), token.secret());
    }

    private Csr findOrRequest(SimulatedHost.HeldToken token, String key) {
        return world.api.requestsOf(token.id()).stream()
                .filter(csr -> csr.key.equals(key))
                .findFirst()
                .orElseGet(() ->
                        world.controllers.requestCertificate(token.id(), key, "system:node:" + World.NODE.name()));
    }

    private HostResult start(
            Fiber own, HostCommand.StartKubelet start, Instant expiresAt, Consumer<CommandMilestone> marks) {
        SimulatedHost.HeldToken token = new SimulatedHost.HeldToken(start.tokenId(), start.sealedToken());
        Instant heldSince = world.timeline.now();
        if (!token.equals(host.held) && host.clientKey == null) {
            boolean signed =
                    own.await(heldSince.plus(DISCOVERY), POLL, () -> world.api.signatures.containsKey(token.id()));
            if (!signed) {
                return failed(ErrorCode.CLUSTER_INFO_SIGNATURE_INVALID, "no signature of the token");
            }
            if (world.faults.fires(Fault.KUBELET_FAILS) || hesitates()) {
                own.sleep(world.random.nextSeconds(5, 60));
                return failed(ErrorCode.KUBELET_NOT_STARTED, "the unit does not stay active");
            }
            own.sleep(world.random.nextMillis(100, 2_000));
        }
        host.startKubelet(token);
        own.sleep(world.random.nextMillis(500, 5_000));
        marks.accept(CommandMilestone.KubeletActive);
        if (!awaitRefusal(own, token, heldSince, expiresAt, false)) {
            return failed(ErrorCode.REVOCATION_UNVERIFIED, "the token was not refused");
        }
        String key = host.clientKey;
        if (key == null) {
            return failed(ErrorCode.TOKEN_LOST, "the kubelet has no certificate");
        }
        host.held = null;
        marks.accept(CommandMilestone.TokenRefused);
        return new HostResult.KubeletBootstrapped(key);
    }

    private boolean hesitates() {
        boolean first = !hesitated && world.faults.fires(Fault.KUBELET_FAILS_ONCE);
        hesitated |= first;
        return first;
    }

    /** @param wasAccepted whether the token was accepted once, so that a rejection counts immediately */
    private boolean awaitRefusal(
            Fiber own, SimulatedHost.HeldToken token, Instant heldSince, Instant until, boolean wasAccepted) {
        boolean[] accepted = {wasAccepted};
        return own.await(until, POLL, () -> {
            if (!world.faults.isReachable()) {
                return false;
            }
            boolean valid = world.api.authenticates(token.id(), token.secret());
            accepted[0] |= valid;
            return !valid && (accepted[0] || world.timeline.now().isAfter(heldSince.plus(FRESH)));
        });
    }

    private HostResult reset(Fiber own, Consumer<CommandMilestone> marks) {
        own.sleep(world.random.nextMillis(50, 2_000));
        SimulatedHost.HeldToken token = host.held;
        host.stopKubelet();
        marks.accept(CommandMilestone.KubeletStopped);
        own.sleep(world.random.nextMillis(100, 10_000));
        boolean residue = host.changed && world.faults.fires(Fault.RESET_LEAVES_RESIDUE);
        @Nullable String wiped = host.clientKey == null ? host.preparedKey : host.clientKey;
        if (residue) {
            wiped = null;
        } else {
            host.clientKey = null;
            host.preparedKey = null;
            host.changed = false;
            host.resetAt = world.timeline.now();
        }
        host.held = null;
        boolean refused = token != null
                && awaitRefusal(own, token, Instant.EPOCH, world.timeline.now().plus(REFUSAL), false);
        return new HostResult.HostReset(refused, wiped, residue ? List.of(LEFT) : List.of());
    }

    private static final Finding LEFT =
            new Finding("kubelet-key", Finding.Severity.ERROR, "a file cannot be removed", "remove it by hand");
}
