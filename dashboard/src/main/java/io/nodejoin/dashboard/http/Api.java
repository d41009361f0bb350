package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.overview.OverviewReader;
import io.nodejoin.dashboard.page.AuditQuery;
import io.nodejoin.dashboard.page.JoinQuery;
import io.nodejoin.dashboard.pool.PoolReader;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.agent.HostLogLine;
import io.nodejoin.visibility.agent.AgentList;
import io.nodejoin.visibility.agent.HostLogChunk;
import io.nodejoin.visibility.event.DeadLetter;
import io.nodejoin.visibility.event.PublishedEvent;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.visibility.join.JoinFilter;
import io.nodejoin.visibility.join.JoinHistory;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.join.PageToken;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The data of the pages as JSON. Errors are of {@code application/problem+json}. */
final class Api {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;
    private static final Duration DEAD_LETTERS_OF = Duration.ofHours(24);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Sources sources;
    private final OverviewReader overview;
    private final PoolReader pools;
    private final HostLogs logs;

    Api(Sources sources, OverviewReader overview, PoolReader pools, HostLogs logs) {
        this.sources = sources;
        this.overview = overview;
        this.pools = pools;
        this.logs = logs;
    }

    /**
     * A page of the list.
     *
     * @param total how many pass the filter; null if that could not be found out
     * @param next the parameter {@code page} of the next page; null if this is the last one
     */
    record JoinList(
            @Nullable Long total,
            List<JoinSummary> joins,
            @Nullable String next) {}

    /** One join or leave. */
    record Join(JoinSummary summary, @Nullable JoinProgress progress, JoinHistory history, List<EventView> events) {}

    /**
     * The log of the host of a join or leave.
     *
     * @param connected whether the host's agent is connected
     * @param lines the last lines of one that runs
     * @param silent gateway replicas that did not answer
     * @param kept of one that has ended, the lines that came with the failure of a command
     */
    record HostLog(boolean connected, List<LogLine> lines, List<String> silent, List<String> kept) {}

    /** A line of the journal. */
    record LogLine(Instant time, String unit, String text, boolean missingBefore) {
        static LogLine of(HostLogChunk.Entry entry) {
            HostLogLine line = entry.line();
            return new LogLine(line.at(), line.unit(), line.text(), entry.afterGap());
        }
    }

    /** An event of the events topic. */
    record EventView(
            String id,
            String type,
            Instant time,
            @Nullable String cluster,
            @Nullable String node,
            Object data) {
        static EventView of(PublishedEvent event) {
            return new EventView(event.id(), event.type(), event.time(), event.cluster(), event.node(), event.data());
        }
    }

    /** What went wrong, by RFC 9457. */
    record ProblemDetails(String title, int status, String detail) {}

    /** Returns an event on one line. */
    static String line(PublishedEvent event) {
        return JSON.writeValueAsString(EventView.of(event));
    }

    Reply overview() {
        return ok(overview.read());
    }

    Reply joins(Call call) {
        JoinQuery query = JoinQuery.of(call::parameter);
        if (!query.problems().isEmpty()) {
            return problem(400, "Bad filter", String.join(" ", query.problems()));
        }
        Optional<PageToken> page = PageToken.parse(call.parameter("page"));
        Optional<Integer> limit = limit(call.parameter("limit"));
        if (page.isEmpty() || limit.isEmpty()) {
            return problem(400, "Bad page", "page comes from a list, limit is 1 to " + MAX_LIMIT);
        }
        JoinFilter filter = query.filter(sources.clock().instant());
        Long total = sources.joins().count(filter) instanceof Lookup.Found<Long>(Long found) ? found : null;
        return answer(
                sources.joins().list(filter, limit.get(), page.get()),
                list -> ok(new JoinList(
                        total,
                        list.joins(),
                        list.next() == null ? null : list.next().value())));
    }

    private static Optional<Integer> limit(String text) {
        if (text.isEmpty()) {
            return Optional.of(DEFAULT_LIMIT);
        }
        try {
            int limit = Integer.parseInt(text);
            return limit >= 1 && limit <= MAX_LIMIT ? Optional.of(limit) : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.empty();
        }
    }

    Reply join(NodeRef node) {
        return answer(sources.joins().details(node), details -> ok(view(details)));
    }

    private Join view(JoinDetails details) {
        JoinId id = details.summary().joinId();
        List<EventView> events = id == null
                ? List.of()
                : sources.events().of(id).stream().map(EventView::of).toList();
        return new Join(details.summary(), details.progress(), details.history(), events);
    }

    Reply log(NodeRef node) {
        return answer(
                sources.joins().details(node),
                details -> details.summary().open()
                        ? answer(logs.read(details.summary()), chunk -> ok(view(chunk)))
                        : ok(new HostLog(
                                false, List.of(), List.of(), details.history().hostLog())));
    }

    private static HostLog view(HostLogChunk chunk) {
        return new HostLog(
                chunk.connected(), chunk.lines().stream().map(LogLine::of).toList(), chunk.silent(), List.of());
    }

    Reply agents() {
        return answer(sources.agents().agents(), answers -> ok(AgentList.of(answers)));
    }

    Reply pools() {
        return answer(pools.read(), Api::ok);
    }

    Reply deadLetters() {
        List<DeadLetter> letters =
                sources.deadLetters().since(sources.clock().instant().minus(DEAD_LETTERS_OF));
        return ok(letters);
    }

    Reply audit(Call call) {
        Optional<AuditQuery> query = AuditQuery.of(call::parameter);
        Optional<Integer> limit = limit(call.parameter("limit"));
        if (query.isEmpty() || limit.isEmpty()) {
            return problem(
                    400, "Bad filter", "node is CLUSTER/NODE, page comes from a list, limit is 1 to " + MAX_LIMIT);
        }
        try {
            return ok(sources.audit().read(query.get().joins(), query.get().before(), limit.get()));
        } catch (IOException _) {
            return problem(503, "Unreachable", "the audit log cannot be read; check the setting audit.file");
        }
    }

    Reply openApi() {
        try (InputStream file = Api.class.getResourceAsStream("/io/nodejoin/dashboard/openapi.json")) {
            if (file == null) {
                throw new IllegalStateException("openapi.json is not in the jar");
            }
            return Reply.json(200, file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Reply noSuchResource() {
        return problem(404, "Not found", "there is no such resource; see /api/v1/openapi.json");
    }

    /** What is answered with a value that was found. */
    @FunctionalInterface
    private interface FoundReply<T> {
        Reply of(T value);
    }

    private static <T> Reply answer(Lookup<T> lookup, FoundReply<T> reply) {
        return switch (lookup) {
            case Lookup.Found<T>(T value) -> reply.of(value);
            case Lookup.NotFound<T>(String detail) -> problem(404, "Not found", detail);
            case Lookup.Unreachable<T>(Lookup.Source _, String detail) -> problem(503, "Unreachable", detail);
        };
    }

    private static Reply ok(Object value) {
        return Reply.json(200, JSON.writeValueAsBytes(value));
    }

    static Reply problem(int status, String title, String detail) {
        Reply reply = Reply.json(status, JSON.writeValueAsBytes(new ProblemDetails(title, status, detail)));
        return new Reply(status, "application/problem+json", reply.body(), reply.headers());
    }
}
