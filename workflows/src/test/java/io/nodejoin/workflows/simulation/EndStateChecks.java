package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.workflows.event.OutcomeEvent;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Node;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Removal;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Token;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The invariants of the end state. Written from the contract, without the product's code. */
final class EndStateChecks {
    private static final Set<Fault> OF_THE_HOST = EnumSet.of(
            Fault.PREFLIGHT_FAILS,
            Fault.PREPARE_FAILS,
            Fault.RESET_LEAVES_RESIDUE,
            Fault.KUBELET_FAILS,
            Fault.KUBELET_FAILS_ONCE,
            Fault.AGENT_LOST,
            Fault.AGENT_RESTARTS);
    /** Error codes for which a host should be replaced. */
    private static final Set<ErrorCode> BLAME = EnumSet.of(
            ErrorCode.HOST_PREFLIGHT_FAILED,
            ErrorCode.HOST_PREPARE_FAILED,
            ErrorCode.HOST_DISK_FULL,
            ErrorCode.KUBELET_NOT_STARTED);

    /** Faults in which an agent is unreachable, or its reports do not reach the workflow. */
    private static final Set<Fault> OF_THE_WAY = EnumSet.of(
            Fault.AGENT_LATE,
            Fault.AGENT_RECONNECTS,
            Fault.REPORTS_LOST,
            Fault.HEARTBEATS_LOST,
            Fault.REPLICAS_KILLED,
            Fault.REPLICAS_PAUSED,
            Fault.TASKS_LOST);
    /** Faults in which another machine has or had the name. */
    private static final Set<Fault> OF_THE_NAME = EnumSet.of(
            Fault.NAME_TAKEN,
            Fault.NAME_TAKEN_MEANWHILE,
            Fault.NODE_RECREATED,
            Fault.STOLEN_TOKEN_SAME_NAME,
            Fault.ALREADY_JOINED,
            Fault.REJOIN);

    private final World world;
    private final List<String> broken = new ArrayList<>();

    EndStateChecks(World world) {
        this.world = world;
    }

    List<String> check() {
        broken.addAll(world.temporal.defects());
        broken.addAll(world.broken);
        broken.addAll(world.strangers.check());
        if (world.temporal.running().isPresent()) {
            broken.add("the workflow has not ended");
            return broken;
        }
        List<String> residue = new ArrayList<>();
        for (JoinRequest request : world.outside.requests) {
            LifecycleEvent.Outcome outcome = outcome(request);
            if (outcome != null) {
                residue.addAll(residueOf(outcome));
                check(request.joinId(), outcome);
                checkReasonClass(request.joinId(), outcome);
                checkCancel(request, outcome);
            }
        }
        checkRemovals();
        checkHost(residue);
        checkTexts();
        return broken;
    }

    /** An event that is published again is the same, times included. */
    private void checkTexts() {
        Map<String, OutcomeEvent> texts = new HashMap<>();
        for (OutcomeEvent event : world.topic) {
            OutcomeEvent first = texts.putIfAbsent(event.id(), event);
            if (first != null && !first.equals(event)) {
                broken.add("the event " + event.id() + " has two texts: " + first + " and " + event);
            }
        }
    }

    private LifecycleEvent.@Nullable Outcome outcome(JoinRequest request) {
        Map<String, LifecycleEvent.Outcome> outcomes = new LinkedHashMap<>();
        for (OutcomeEvent event : world.topic) {
            if (isOutcomeOf(request.joinId(), event.event())) {
                outcomes.putIfAbsent(event.id(), event.event());
            }
        }
        if (outcomes.size() == 1) {
            return outcomes.values().iterator().next();
        }
        broken.add("join " + request.joinId() + " has " + outcomes.size() + " outcomes: " + outcomes.keySet());
        return null;
    }

    private static boolean isOutcomeOf(JoinId join, LifecycleEvent.Outcome event) {
        return switch (event) {
            case JoinSucceeded ended -> ended.joinId().equals(join);
            case JoinFailed ended -> ended.joinId().equals(join);
            case JoinCancelled ended -> ended.joinId().equals(join);
            default -> false;
        };
    }

    private static List<String> residueOf(LifecycleEvent.Outcome outcome) {
        return switch (outcome) {
            case JoinFailed failed -> failed.residue();
            case JoinCancelled cancelled -> cancelled.residue();
            default -> List.of();
        };
    }

    private void check(JoinId join, LifecycleEvent.Outcome outcome) {
        Set<TokenId> tokens = world.api.everIssued.stream()
                .filter(token -> token.join().equals(join))
                .map(Token::id)
                .collect(Collectors.toSet());
        List<Csr> requests =
                world.api.csrs.stream().filter(csr -> tokens.contains(csr.user)).toList();
        List<String> residue = residueOf(outcome);
        expectAbsentOrNamed(
                residue,
                "Revoke",
                "live tokens",
                world.api.secrets.keySet().stream().filter(tokens::contains).toList());
        world.api.ledgerOf(join).keySet().forEach(id -> {
            if (residue.stream().noneMatch(line -> line.contains(" token "))) {
                broken.add("the ledger still has token " + id + ", and the residue names " + residue);
            }
        });
        expectAbsentOrNamed(
                residue,
                "Remove signature",
                "signatures",
                world.api.signatures.keySet().stream().filter(tokens::contains).toList());
        expectAbsentOrNamed(
                residue,
                "Deny",
                "undecided requests",
                requests.stream().filter(Csr::isUndecided).map(csr -> csr.name).toList());
        if (outcome instanceof JoinSucceeded succeeded) {
            checkSuccess(join, succeeded, requests);
        } else {
            checkCompensated(join, residue, requests);
        }
        if (outcome instanceof JoinFailed failed && failed.retryable()) {
            checkRetry(join, failed);
        }
    }

    /**
     * No host has lost its way to the API server here: when one does not reach it, nobody does. And where nothing has befallen host or agent,
     * nothing is wrong with the host; where nobody else wants the name, it is free.
     */
    private void checkReasonClass(JoinId join, LifecycleEvent.Outcome outcome) {
        if (outcome instanceof JoinFailed failed) {
            boolean blamed = failed.reason() == ErrorCode.HOST_CANNOT_REACH_API_SERVER
                    || (BLAME.contains(failed.reason())
                            && Collections.disjoint(world.faults.firedFaults(), OF_THE_HOST));
            boolean unreachable = failed.reason() == ErrorCode.AGENT_UNREACHABLE
                    && Collections.disjoint(world.faults.firedFaults(), OF_THE_HOST)
                    && Collections.disjoint(world.faults.firedFaults(), OF_THE_WAY)
                    && !world.outside.enrolledByAnother;
            boolean taken = failed.reason() == ErrorCode.NODE_NAME_IN_USE
                    && Collections.disjoint(world.faults.firedFaults(), OF_THE_NAME);
            String why = failed.reason() + ", " + failed.detail();
            expect(!blamed && !unreachable, "join " + join + " blames its host: " + why);
            expect(!taken, "join " + join + " finds a name taken that was free: " + why);
        }
    }

    /** A cancel ends the requests before it, unless it is rejected, and no later one. */
    private void checkCancel(JoinRequest request, LifecycleEvent.Outcome outcome) {
        boolean cancelled = outcome instanceof JoinCancelled end && end.reason() == ErrorCode.CANCELLED_BY_REQUEST;
        boolean wanted = world.faults.firedFaults().contains(Fault.WORKFLOW_CANCELLED)
                || world.outside.cancels.stream().anyMatch(cancel -> !request.isNewerThan(cancel.madeAt()));
        expect(!cancelled || wanted, "join " + request.joinId() + " is cancelled, and nobody has asked for that");
        boolean agreed = world.outside.cancels.stream()
                .anyMatch(cancel -> cancel.agreed() && request.joinId().equals(cancel.newest()));
        expect(
                !agreed || !(outcome instanceof JoinSucceeded),
                "join " + request.joinId() + " succeeded, although its cancel was agreed to");
    }

    /** Nothing is left, or the residue names it. */
    private void expectAbsentOrNamed(List<String> residue, String named, String what, List<?> left) {
        if (!left.isEmpty() && residue.stream().noneMatch(line -> line.startsWith(named))) {
            broken.add(what + " are left: " + left + ", and the residue names " + residue);
        }
    }

    private void checkSuccess(JoinId join, JoinSucceeded outcome, List<Csr> requests) {
        Node node = world.api.node;
        boolean replaced = world.api.removals.stream()
                .anyMatch(removal -> removal.node().uid.equals(outcome.nodeUid())
                        && !removal.by().equals("remove"));
        boolean byALaterJoin = !world.outside.requests.getLast().joinId().equals(join);
        if (replaced || byALaterJoin) {
            return;
        }
        if (node == null || !node.uid.equals(outcome.nodeUid())) {
            broken.add("the join succeeded with Node " + outcome.nodeUid() + ", but there is "
                    + (node == null ? "none" : node.uid));
            return;
        }
        expect(node.readySince != null, "the join succeeded, but its Node is not Ready");
        expect(
                node.machineId.equals(SimulatedHost.FACTS.machineId()),
                "the join succeeded on machine " + node.machineId);
        if (outcome.alreadyJoined() == null) {
            expect(node.key.equals(world.host.clientKey), "the Node's key " + node.key + " is not the host's");
            expect(node.labelled, "the Node has no labels");
            expect(!node.joining, "the Node has the taint of its creation");
            expect(world.host.held == null, "the host still has the token");
            checkTokens(node, requests);
            var note = world.api.nodeRecords.get(World.NODE.name().value());
            expect(note != null && note.identity().uid().equals(node.uid), "the Node's machine is not noted");
        }
        NameQuarantine quarantine = world.api.quarantines.get(World.NODE.name().value());
        expect(
                quarantine == null || !quarantine.joinId().equals(join),
                "the name is quarantined although the join succeeded");
    }

    /** An earlier attempt may have had other keys, which are not usable any more. */
    private void checkTokens(Node node, List<Csr> requests) {
        Set<TokenId> used = requests.stream()
                .filter(csr -> csr.key.equals(node.key))
                .map(csr -> csr.user)
                .collect(Collectors.toSet());
        expect(
                world.outside.tlsBootstrap == TlsBootstrap.AGENT
                        || requests.stream()
                                .filter(csr -> used.contains(csr.user))
                                .allMatch(csr -> csr.key.equals(node.key)),
                "the join succeeded although another key used its token");
        expect(
                requests.stream().noneMatch(csr -> csr.isApproved() && csr.key.equals(ClusterActors.THIEF)),
                "the join succeeded although a thief had a certificate in an earlier attempt");
    }

    private void checkCompensated(JoinId join, List<String> residue, List<Csr> requests) {
        Set<String> keys =
                requests.stream().filter(Csr::isApproved).map(csr -> csr.key).collect(Collectors.toSet());
        NameQuarantine quarantine = world.api.quarantines.get(World.NODE.name().value());
        boolean lives = keys.contains(ClusterActors.THIEF)
                || (world.host.clientKey != null && keys.contains(world.host.clientKey))
                || (world.host.preparedKey != null && keys.contains(world.host.preparedKey));
        boolean named = residue.stream().anyMatch(line -> line.startsWith("Name:"));
        boolean quarantinedByJoin = quarantine != null && quarantine.joinId().equals(join);
        expect(!lives || quarantine != null, "a certificate lives, but the name is not quarantined");
        expect(
                quarantine == null
                        || !quarantinedByJoin
                        || quarantine.machineId() == null
                        || !thiefHadCertificate(residue, requests),
                "the host had no key when it was reset, a thief has, and the name is quarantined for other machines than the host");
        expect(!quarantinedByJoin || !keys.isEmpty(), "the name is quarantined although no certificate was approved");
        expect(!quarantinedByJoin || named, "the name is quarantined, but the residue does not say so: " + residue);
        Node node = world.api.node;
        boolean ours = node != null && keys.contains(node.key);
        boolean created =
                node != null && node.creator != null && node.creator.joinId().equals(join);
        expectAbsentOrNamed(residue, "Delete", "created Nodes", created ? List.of(node) : List.of());
        expect(!ours || quarantine != null, "the Node of a compensated join exists, and its name is not quarantined");
        expectAbsentOrNamed(
                residue,
                "Disallow",
                "serving entries",
                world.api.servingSans.values().stream()
                        .filter(entry -> entry.joinId().equals(join))
                        .toList());
    }

    /** A request that is repeated after the outcome's retry time is not rejected for a quarantine of this join. */
    private void checkRetry(JoinId join, JoinFailed failed) {
        boolean named = failed.residue().stream().anyMatch(line -> line.startsWith("Name:"));
        Instant again = failed.phases().getLast().at().plus(Objects.requireNonNull(failed.retryAfter()));
        Optional.ofNullable(world.api.quarantines.get(World.NODE.name().value()))
                .filter(quarantine -> named && quarantine.joinId().equals(join))
                .map(NameQuarantine::blockedForAllUntil)
                .filter(again::isBefore)
                .ifPresent(until -> broken.add("no machine may have the name until " + until
                        + ", and the join may be asked for again at " + again));
    }

    /** Returns whether a thief had a certificate before the host was reset. */
    private boolean thiefHadCertificate(List<String> residue, List<Csr> requests) {
        return !hostIsNamed(residue)
                && requests.stream()
                        .filter(csr -> csr.key.equals(ClusterActors.THIEF))
                        .anyMatch(csr -> csr.signedAt != null && csr.signedAt.isBefore(world.host.resetAt));
    }

    private void checkRemovals() {
        Set<String> keys = world.api.csrs.stream().map(csr -> csr.key).collect(Collectors.toSet());
        for (Removal removal : world.api.removals) {
            Node node = removal.node();
            boolean ours = node.creator != null
                    || keys.contains(node.key)
                    || (world.check.wasReported(node.uid) && mayHaveRegistered(node.created));
            expect(
                    !removal.by().equals("remove") || ours,
                    "Node " + node.uid + ", which no join has made, was removed");
            expect(
                    !removal.by().equals("replace") || node.machineId.equals(SimulatedHost.FACTS.machineId()),
                    "Node " + node.uid + " of another machine was replaced");
        }
    }

    /** Returns whether a certificate of this join was issued by then. */
    private boolean mayHaveRegistered(Instant by) {
        return world.api.csrs.stream()
                .filter(Csr::isApproved)
                .anyMatch(csr -> !Objects.requireNonNull(csr.decidedAt).isAfter(by));
    }

    private void checkHost(List<String> residue) {
        boolean joined = world.topic.stream().anyMatch(outcome -> outcome.event() instanceof JoinSucceeded);
        boolean clean = !world.host.changed
                && !world.host.runsKubelet()
                && world.host.clientKey == null
                && (world.host.preparedKey == null || isOnlyPreparedEarly())
                && world.host.held == null;
        expect(joined || clean || hostIsNamed(residue), "the host is not as before, and the residue names " + residue);
    }

    /** A join that ends before it issues a token leaves a host as the agent has prepared it. */
    private boolean isOnlyPreparedEarly() {
        return world.host.preparesEarly && world.host.resetAt.equals(Instant.MIN) && world.api.everIssued.isEmpty();
    }

    private static boolean hostIsNamed(List<String> residue) {
        return residue.stream().anyMatch(line -> line.startsWith("Reset the host") || line.startsWith("Host:"));
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            broken.add(otherwise);
        }
    }
}
