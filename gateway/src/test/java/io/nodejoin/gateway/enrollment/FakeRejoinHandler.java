package io.nodejoin.gateway.enrollment;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes back whoever is expected; can be away. */
public final class FakeRejoinHandler implements RejoinHandler {
    public final Map<NodeRef, Answer> answers = new ConcurrentHashMap<>();
    public final List<RejoinAttempt> asked = new CopyOnWriteArrayList<>();
    public volatile boolean away;

    @Override
    public Answer rejoin(RejoinAttempt attempt) {
        asked.add(attempt);
        if (away) {
            throw new IllegalStateException("the API server is away");
        }
        return answers.getOrDefault(
                attempt.node(), new Answer.Refused(new Problem(ErrorCode.NODE_NOT_MANAGED, "no join is noted of it")));
    }
}
