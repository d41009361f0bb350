package io.nodejoin.gateway.enrollment;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes back whoever is expected; can be away. */
public final class FakeRejoiningNodes implements RejoiningNodes {
    public final Map<NodeRef, Answer> answers = new ConcurrentHashMap<>();
    public final List<Comeback> asked = new CopyOnWriteArrayList<>();
    public volatile boolean away;

    @Override
    public Answer rejoin(Comeback comeback) {
        asked.add(comeback);
        if (away) {
            throw new IllegalStateException("the API server is away");
        }
        return answers.getOrDefault(
                comeback.node(), new Answer.Refused(new Problem(ErrorCode.NODE_NOT_OURS, "no join is noted of it")));
    }
}
