package io.nodejoin.cli;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.visibility.join.JoinSummary;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request for a node, as commands print it.
 *
 * @param kind {@code join} or {@code leave}
 * @param code why it failed; empty if it did not
 * @param joinId empty for a rejected request
 * @param attempt the attempt that runs; absent if nobody was asked
 * @param pool the pool that the request names; absent if it names none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ListedRequest(
        String cluster,
        String node,
        String kind,
        Phase phase,
        String code,
        String joinId,
        Instant started,
        @Nullable Instant closed,
        @Nullable Integer attempt,
        @Nullable String pool) {

    /** A run that was ended from outside keeps the phase that it was in; here it has failed. */
    static ListedRequest of(JoinSummary join) {
        boolean isEndedFromOutside = !join.open() && !join.phase().terminal();
        ErrorCode code = isEndedFromOutside ? ErrorCode.TERMINATED : join.reason();
        return new ListedRequest(
                join.node().cluster().value(),
                join.node().name().value(),
                join.kind().name().toLowerCase(Locale.ROOT),
                isEndedFromOutside ? Phase.Failed : join.phase(),
                code == null ? "" : code.name(),
                join.joinId() == null ? "" : join.joinId().value(),
                join.startedAt().truncatedTo(ChronoUnit.SECONDS),
                join.closedAt() == null ? null : join.closedAt().truncatedTo(ChronoUnit.SECONDS),
                null,
                join.pool() == null ? null : join.pool().value());
    }

    static ListedRequest of(JoinRejected rejected, Instant at) {
        Instant second = at.truncatedTo(ChronoUnit.SECONDS);
        return new ListedRequest(
                Objects.requireNonNullElse(rejected.cluster(), ""),
                Objects.requireNonNullElse(rejected.nodeName(), ""),
                "join",
                Phase.Rejected,
                rejected.reason().name(),
                "",
                second,
                second,
                null,
                rejected.pool());
    }

    ListedRequest withAttempt(int number) {
        return new ListedRequest(cluster, node, kind, phase, code, joinId, started, closed, number, pool);
    }

    /** Returns whether the request is still being worked on. */
    @JsonIgnore
    boolean isOpen() {
        return !phase.terminal();
    }

    /** Returns the node as commands take it. */
    String reference() {
        return cluster + "/" + node;
    }
}
