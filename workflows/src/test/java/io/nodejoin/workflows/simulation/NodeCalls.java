package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.JoinedNode;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NameOrder;
import io.nodejoin.workflows.node.NameState;
import io.nodejoin.workflows.node.NodeActivities;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeOwner;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.node.ReadyOrder;
import io.nodejoin.workflows.node.RegistrationOrder;
import io.nodejoin.workflows.node.ReplaceOrder;
import io.nodejoin.workflows.node.ResetMark;
import io.nodejoin.workflows.simulation.ApiServer.Node;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The Node of the name, its notes and holds. */
final class NodeCalls implements NodeActivities {
    private static final Duration POLL = Duration.ofSeconds(5);

    private final World world;
    private final ActivityExecution execution;
    private final Api api;

    NodeCalls(World world, ActivityExecution execution) {
        this.world = world;
        this.execution = execution;
        this.api = new Api(world, execution);
    }

    @Override
    public NameState inspect(NameOrder order) {
        Optional<Node> node = read();
        return node.isEmpty()
                ? free()
                : api.call("read the note", () -> {
                    JoinedNode note = world.api.notes.get(order.node().node().value());
                    boolean own = note != null
                            && note.node().uid().equals(node.get().uid)
                            && note.enrollment().equals(order.enrollment())
                            && node.get().readySince != null
                            && !world.api.resets.contains(note.node());
                    return own ? new NameState.Own(node.get().uid) : new NameState.Taken("a Node of the name exists");
                });
    }

    @Override
    public NameState replace(ReplaceOrder order) {
        Optional<Node> old = read();
        if (old.isPresent()) {
            if (!old.get().machineId.equals(order.machineId())) {
                return new NameState.Taken("the Node is of another machine");
            }
            delete(old.get().uid, "replace");
        }
        while (true) {
            Optional<Node> node = read();
            Duration left = Duration.between(world.timeline.now(), order.deadline());
            NameState state = node.isEmpty() ? free() : new NameState.Taken("a Node of the name came back");
            if (state instanceof NameState.Free || !left.isPositive()) {
                return state;
            }
            execution.pulse();
            execution.sleep(shorter(left));
        }
    }

    private NameState free() {
        return api.call("look for holds", () -> {
            if (world.api.hasPods()) {
                return new NameState.PodsLeft("pods are bound to the name");
            }
            NameHold hold = world.api.holds.get(World.NODE.node().value());
            boolean lasts = hold != null && hold.until().isAfter(world.api.time());
            return new NameState.Free(world.api.time(), lasts ? hold : null);
        });
    }

    @Override
    public void remember(JoinedNode node) {
        api.effect("note the machine", () -> {
            world.api.notes.put(node.node().node().node().value(), node);
            return true;
        });
    }

    @Override
    public void markReset(ResetMark mark) {
        api.effect("note the reset", () -> {
            JoinedNode note = world.api.notes.get(mark.node().node().value());
            return note != null && world.api.resets.add(note.node());
        });
    }

    @Override
    public NodeOwner owner(NodeRef node) {
        Optional<Node> found = read();
        if (found.isEmpty()) {
            return new NodeOwner.Nobody();
        }
        return api.call("read the note", () -> {
            JoinedNode note = world.api.notes.get(node.node().value());
            return note != null && note.node().uid().equals(found.get().uid)
                    ? new NodeOwner.Ours(note, false)
                    : new NodeOwner.Foreign(found.get().uid);
        });
    }

    @Override
    public NodeState awaitRegistered(RegistrationOrder order) {
        Instant approvedAt = order.approvedAt().truncatedTo(ChronoUnit.SECONDS);
        while (true) {
            Optional<Node> seen = read();
            if (seen.isPresent() && seen.get().created.isBefore(approvedAt)) {
                return refused(ErrorCode.NODE_NAME_IN_USE, "the Node is older than the certificate");
            }
            if (seen.isPresent() && seen.get().reported != null) {
                world.check.told(seen.get().uid);
                return new NodeState.Registered(seen.get().uid, seen.get().created);
            }
            Duration left = Duration.between(world.timeline.now(), order.deadline());
            if (!left.isPositive()) {
                return refused(ErrorCode.NODE_NOT_REGISTERED, "no Node appeared");
            }
            execution.pulse();
            execution.sleep(seen.isPresent() ? Duration.ofMillis(100) : shorter(left));
        }
    }

    @Override
    public NodeState awaitReady(ReadyOrder order) {
        while (true) {
            Optional<Node> seen = read();
            if (seen.isEmpty() || !seen.get().uid.equals(order.node().uid())) {
                return refused(ErrorCode.NODE_UID_CHANGED, "the Node is gone, or another one");
            }
            Node node = seen.get();
            if (!node.machineId.equals(order.machineId())) {
                return refused(ErrorCode.NODE_IDENTITY_MISMATCH, "the Node is of machine " + node.machineId);
            }
            if (!node.labelled) {
                api.effect("label the Node", () -> node.labelled = true);
            }
            if (node.readySince != null) {
                return new NodeState.Ready(node.uid, node.readySince);
            }
            Duration left = Duration.between(world.timeline.now(), order.deadline());
            if (!left.isPositive()) {
                return refused(ErrorCode.NODE_NOT_READY, "blocked by: network");
            }
            execution.pulse();
            execution.sleep(shorter(left));
        }
    }

    @Override
    public void hold(NameHold hold) {
        Optional<NameHold> earlier = api.call(
                "read the hold",
                () -> Optional.ofNullable(world.api.holds.get(hold.node().node().value())));
        NameHold both = earlier.map(hold::and).orElse(hold);
        api.effect("hold the name", () -> {
            world.api.holds.put(hold.node().node().value(), both);
            return true;
        });
    }

    @Override
    public void remove(NodeIdentity node) {
        delete(node.uid(), "remove");
        api.call(
                "strike the note",
                () -> world.api
                        .notes
                        .entrySet()
                        .removeIf(note -> note.getValue().node().equals(node)));
    }

    private void delete(String uid, String by) {
        api.effect("delete node " + uid, () -> world.api.deleteNode(uid, by));
    }

    private Optional<Node> read() {
        return api.call("read the Node", () -> Optional.ofNullable(world.api.node));
    }

    private Duration shorter(Duration left) {
        Duration poll = world.chance.between(Duration.ofMillis(100), POLL);
        return left.compareTo(poll) < 0 ? left : poll;
    }

    private static NodeState refused(ErrorCode code, String detail) {
        return new NodeState.Refused(new Problem(code, detail));
    }
}
