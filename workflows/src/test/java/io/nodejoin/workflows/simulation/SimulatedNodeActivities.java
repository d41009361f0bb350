package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.failure.FailureType;
import io.nodejoin.workflows.failure.Failures;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.FreeNameRequest;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NameCheckRequest;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeCreation;
import io.nodejoin.workflows.node.NodeCreationResult;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwnership;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyRequest;
import io.nodejoin.workflows.node.RegistrationRequest;
import io.nodejoin.workflows.node.ResetMarker;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Node;
import io.nodejoin.workflows.temporal.StepOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;

/** The Node of the name, its record and quarantine. */
final class SimulatedNodeActivities implements NodeActivities {
    private static final Duration POLL = Duration.ofSeconds(5);

    private final World world;
    private final ActivityAttempt execution;
    private final FaultyCalls api;

    SimulatedNodeActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.execution = execution;
        this.api = new FaultyCalls(world, execution);
    }

    @Override
    public NameAvailability checkName(NameCheckRequest request) {
        Optional<Node> node = read();
        Optional<CreatedNodeRef> joining =
                node.filter(found -> found.joining).map(found -> Objects.requireNonNull(found.creator));
        if (joining.isPresent() && !joining.get().joinId().equals(request.joinId())) {
            return new NameAvailability.NodeRemaining(
                    "a Node of join " + joining.get().joinId() + " exists");
        }
        return node.isEmpty() || joining.isPresent()
                ? free()
                : api.call("read the note", () -> {
                    JoinedNode note =
                            world.api.nodeRecords.get(request.node().name().value());
                    boolean own = note != null
                            && note.identity().uid().equals(node.get().uid)
                            && note.enrollment().equals(request.enrollment())
                            && node.get().readySince != null
                            && !world.api.resetNodes.contains(note.identity());
                    return own
                            ? new NameAvailability.AlreadyJoined(node.get().uid)
                            : new NameAvailability.Taken("a Node of the name exists");
                });
    }

    @Override
    public NameAvailability freeName(FreeNameRequest request) {
        Optional<Node> old = read();
        if (old.isPresent()) {
            if (!old.get().machineId.equals(request.machineId())) {
                return new NameAvailability.Taken("the Node is of another machine");
            }
            delete(old.get().uid, "replace");
        }
        while (true) {
            Optional<Node> node = read();
            Duration left = Duration.between(world.timeline.now(), request.deadline());
            NameAvailability state =
                    node.isEmpty() ? free() : new NameAvailability.Taken("a Node of the name came back");
            if (state instanceof NameAvailability.Free || !left.isPositive()) {
                return state;
            }
            execution.reportWaiting();
            execution.sleep(shorter(left));
        }
    }

    private NameAvailability free() {
        return api.call("look for holds", () -> {
            if (world.api.hasPods()) {
                return new NameAvailability.PodsRemaining("pods are bound to the name");
            }
            NameQuarantine quarantine =
                    world.api.quarantines.get(World.NODE.name().value());
            boolean lasts = quarantine != null && quarantine.until().isAfter(world.api.time());
            return new NameAvailability.Free(world.api.time(), lasts ? quarantine : null);
        });
    }

    @Override
    public NodeCreationResult create(NodeCreation creation) {
        Optional<Node> created =
                api.effect("create the Node", () -> world.api.createNode(creation.ref(), world.check.isLate()));
        return created.<NodeCreationResult>map(node -> new NodeCreationResult.Created(node.uid))
                .orElseGet(() -> adopt(creation.ref()));
    }

    private NodeCreationResult adopt(CreatedNodeRef ref) {
        Optional<Node> found = read();
        Optional<Node> own = found.filter(node -> node.joining)
                .filter(node -> Objects.requireNonNull(node.creator).joinId().equals(ref.joinId()));
        if (found.isPresent() && own.isEmpty()) {
            return new NodeCreationResult.NameTaken("a Node of the name exists");
        }
        if (own.isPresent() && ref.equals(own.get().creator)) {
            return new NodeCreationResult.Created(own.get().uid);
        }
        own.ifPresent(earlier -> delete(earlier.uid, "remove"));
        throw Failures.of(FailureType.CONFLICT, new Problem(ErrorCode.OBJECT_CONFLICT, "an earlier Node was deleted"));
    }

    @Override
    public void deleteCreated(CreatedNodeRef created) {
        read().filter(node -> created.equals(node.creator)).ifPresent(node -> delete(node.uid, "remove"));
    }

    @Override
    public void recordJoined(JoinedNode node) {
        api.effect("note the machine", () -> {
            world.api.nodeRecords.put(node.identity().ref().name().value(), node);
            return true;
        });
    }

    @Override
    public void markReset(ResetMarker marker) {
        api.effect("note the reset", () -> {
            JoinedNode note = world.api.nodeRecords.get(marker.node().name().value());
            return note != null && world.api.resetNodes.add(note.identity());
        });
    }

    @Override
    public NodeOwnership findOwner(NodeRef node) {
        Optional<Node> found = read();
        if (found.isEmpty()) {
            return new NodeOwnership.Absent();
        }
        return api.call("read the note", () -> {
            JoinedNode note = world.api.nodeRecords.get(node.name().value());
            return note != null && note.identity().uid().equals(found.get().uid)
                    ? new NodeOwnership.Managed(note, false, false)
                    : new NodeOwnership.Unmanaged(found.get().uid);
        });
    }

    @Override
    public NodeState awaitRegistered(RegistrationRequest request) {
        Instant approvedAt = request.approvedAt().truncatedTo(ChronoUnit.SECONDS);
        while (true) {
            Optional<Node> seen = read();
            Optional<NodeState> refusal = seen.flatMap(node -> refusal(node, request, approvedAt));
            if (refusal.isPresent()) {
                return refusal.get();
            }
            if (seen.isPresent() && seen.get().reported != null) {
                world.check.recordReportedNode(seen.get().uid);
                return awaitPromptReady(request, new NodeState.Registered(seen.get().uid, seen.get().created));
            }
            Duration left = Duration.between(world.timeline.now(), request.deadline());
            if (!left.isPositive()) {
                return refused(ErrorCode.NODE_NOT_REGISTERED, "no Node appeared");
            }
            execution.reportWaiting();
            boolean onLease = seen.isPresent() && request.createdUid() == null;
            execution.sleep(onLease ? Duration.ofMillis(100) : shorter(left));
        }
    }

    private NodeState awaitPromptReady(RegistrationRequest request, NodeState.Registered registered) {
        if (request.ready() == null) {
            return registered;
        }
        Instant until = world.timeline.now().plus(StepOptions.PROMPT_READY);
        NodeState end = awaitReady(request.readyRequest(registered.uid(), request.ready(), until));
        return end instanceof NodeState.Failed(Problem problem) && problem.code() == ErrorCode.NODE_NOT_READY
                ? registered
                : end;
    }

    private static Optional<NodeState> refusal(Node node, RegistrationRequest request, Instant approvedAt) {
        if (request.createdUid() == null) {
            return node.created.isBefore(approvedAt)
                    ? Optional.of(refused(ErrorCode.NODE_NAME_IN_USE, "the Node is older than the certificate"))
                    : Optional.empty();
        }
        if (!node.uid.equals(request.createdUid())) {
            return Optional.of(refused(ErrorCode.NODE_UID_CHANGED, "the Node is another one"));
        }
        return node.reported != null && !node.machineId.equals(request.machineId())
                ? Optional.of(refused(ErrorCode.NODE_IDENTITY_MISMATCH, "the Node is of machine " + node.machineId))
                : Optional.empty();
    }

    @Override
    public NodeState awaitReady(ReadyRequest request) {
        while (true) {
            Optional<Node> seen = read();
            if (seen.isEmpty() || !seen.get().uid.equals(request.node().uid())) {
                return refused(ErrorCode.NODE_UID_CHANGED, "the Node is gone, or another one");
            }
            Node node = seen.get();
            if (!node.machineId.equals(request.machineId())) {
                return refused(ErrorCode.NODE_IDENTITY_MISMATCH, "the Node is of machine " + node.machineId);
            }
            if (!node.labelled || node.joining) {
                api.effect("label the Node", () -> {
                    node.joining = false;
                    node.labelled = true;
                    return true;
                });
            }
            if (node.readySince != null) {
                return new NodeState.Ready(node.uid, node.readySince);
            }
            Duration left = Duration.between(world.timeline.now(), request.deadline());
            if (!left.isPositive()) {
                return refused(ErrorCode.NODE_NOT_READY, "blocked by: network");
            }
            execution.reportWaiting();
            execution.sleep(shorter(left));
        }
    }

    @Override
    public void quarantineName(NameQuarantine quarantine) {
        Optional<NameQuarantine> earlier = api.call(
                "read the quarantine",
                () -> Optional.ofNullable(
                        world.api.quarantines.get(quarantine.node().name().value())));
        NameQuarantine both = earlier.map(quarantine::mergeWith).orElse(quarantine);
        api.effect("quarantine the name", () -> {
            world.api.quarantines.put(quarantine.node().name().value(), both);
            return true;
        });
    }

    @Override
    public void delete(NodeIdentity node) {
        delete(node.uid(), "remove");
        api.call(
                "delete the record",
                () -> world.api
                        .nodeRecords
                        .entrySet()
                        .removeIf(note -> note.getValue().identity().equals(node)));
    }

    private void delete(String uid, String by) {
        api.effect("delete node " + uid, () -> world.api.deleteNode(uid, by));
    }

    private Optional<Node> read() {
        return api.call("read the Node", () -> Optional.ofNullable(world.api.node));
    }

    private Duration shorter(Duration left) {
        Duration poll = world.random.nextDuration(Duration.ofMillis(100), POLL);
        return left.compareTo(poll) < 0 ? left : poll;
    }

    private static NodeState refused(ErrorCode code, String detail) {
        return new NodeState.Failed(new Problem(code, detail));
    }
}
