package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Nodejoin's last successful request made of a node. A request that fails later does not change it.
 *
 * @param state {@code Joined}, {@code Left}, or {@code NotJoined} if no request has succeeded
 * @param since when that request ended; absent without one
 * @param joinId the request; absent without one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record NodeState(
        String state, @Nullable Instant since, @Nullable String joinId) {

    /** @param history the requests for the node, the newest first */
    static NodeState of(List<ListedRequest> history) {
        return history.stream()
                .filter(run -> run.phase() == Phase.Joined || run.phase() == Phase.Left)
                .findFirst()
                .map(run -> new NodeState(
                        run.phase().name(), run.closed() == null ? run.started() : run.closed(), run.joinId()))
                .orElse(new NodeState("NotJoined", null, null));
    }

    String describe(Instant now) {
        return since == null
                ? "not joined by Nodejoin"
                : "%s since %s (%s), by %s"
                        .formatted(state, since, Elapsed.format(Duration.between(since, now)), joinId);
    }
}
