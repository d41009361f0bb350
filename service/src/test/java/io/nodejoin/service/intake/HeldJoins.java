package io.nodejoin.service.intake;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import io.nodejoin.workflows.lifecycle.NodeRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Starts the requests for some nodes only when it is allowed to, and fails those for others. Thread-safe. */
final class HeldJoins implements JoinStarter {
    private final Set<String> held = new HashSet<>();
    private final Set<String> refused = new HashSet<>();
    private final List<String> running = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final Set<JoinId> known = new HashSet<>();
    private int tries;

    synchronized void hold(String... nodes) {
        held.addAll(List.of(nodes));
    }

    synchronized void releaseAll() {
        held.clear();
        notifyAll();
    }

    /** Fails requests for these nodes and no others. */
    synchronized void refuse(String... nodes) {
        refused.clear();
        refused.addAll(List.of(nodes));
    }

    synchronized List<String> running() {
        return List.copyOf(running);
    }

    /** Returns what was started, as event ID and node, in the order of the ends. */
    synchronized List<String> ended() {
        return List.copyOf(ended);
    }

    synchronized int tries() {
        return tries;
    }

    @Override
    public synchronized StartResult start(RequestDecision.Start start) {
        tries++;
        String node = start.request().node().name().value();
        if (refused.contains(node)) {
            throw new IllegalStateException("connection refused");
        }
        running.add(node);
        awaitRelease(node);
        running.remove(node);
        ended.add(start.sender().requestId() + ":" + node);
        return known.add(start.request().joinId()) ? new StartResult.Started() : new StartResult.Duplicate();
    }

    private synchronized void awaitRelease(String node) {
        try {
            while (held.contains(node)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public StartResult startIfIdle(JoinRequest request) {
        throw new AssertionError("no record comes this way: " + request);
    }

    @Override
    public synchronized boolean isKnown(NodeRequest request) {
        return known.contains(request.joinId());
    }

    @Override
    public Optional<Problem> cancel(RequestDecision.Cancel cancel) {
        throw new AssertionError("no request is cancelled: " + cancel);
    }
}
