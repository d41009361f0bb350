package io.nodejoin.cli;

import io.nodejoin.client.config.NearestName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.visibility.join.JoinDirectory;
import io.nodejoin.visibility.join.JoinFilter;
import io.nodejoin.visibility.join.JoinPage;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.join.PageToken;
import io.nodejoin.visibility.join.UpdateResult;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.lifecycle.ExtendedDeadline;
import io.nodejoin.workflows.lifecycle.JoinProgress;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The joins, for commands: what is not known or does not answer ends the command with a message and an exit code. */
final class JoinLookup {
    static final Duration POLL_INTERVAL = Duration.ofMillis(500);
    /** So many of the latest requests are searched for a name that is like an unknown one. */
    private static final int NAMES = 500;

    private final JoinDirectory directory;
    private final TemporalCalls calls;

    JoinLookup(JoinDirectory directory, TemporalCalls calls) {
        this.directory = directory;
        this.calls = calls;
    }

    /** Returns the requests, those that run first, then the newest. */
    List<JoinSummary> list(JoinFilter filter, int limit) {
        List<JoinSummary> found = new ArrayList<>();
        PageToken next = PageToken.FIRST;
        while (next != null && found.size() < limit) {
            JoinPage page = valueOf(directory.list(filter, limit - found.size(), next));
            found.addAll(page.joins());
            next = page.next();
        }
        return found.subList(0, Math.min(limit, found.size()));
    }

    /** Returns the requests for a node, the newest first. Throws with a similar name if there is none. */
    List<JoinSummary> requests(NodeRef node) {
        Lookup<List<JoinSummary>> found = directory.requests(node);
        if (found instanceof Lookup.NotFound<List<JoinSummary>>
                || (found instanceof Lookup.Found<List<JoinSummary>>(List<JoinSummary> none) && none.isEmpty())) {
            throw unknown(node);
        }
        return valueOf(found);
    }

    /** Returns the progress of the latest request for a node, which a worker of the service answers. */
    JoinProgress progress(NodeRef node) {
        return valueOf(directory.progress(node));
    }

    JoinDetails details(NodeRef node) {
        return valueOf(directory.details(node));
    }

    /** Returns what the latest join of a node was requested with. */
    JoinRequested request(NodeRef node) {
        return valueOf(directory.request(node));
    }

    /** Aborts the running request of a node, and returns once it has accepted that. */
    JoinId abort(NodeRef node, AbortRequest request) {
        return valueOf(directory.abort(node, request));
    }

    /** Gives the running join of a node a later deadline. */
    ExtendedDeadline extendDeadline(NodeRef node, DeadlineExtension extension) {
        return valueOf(directory.extendDeadline(node, extension));
    }

    /** Returns the answer; throws what its lack means for a command. */
    <T> T valueOf(Lookup<T> lookup) {
        return calls.valueOf(lookup);
    }

    private <T> T valueOf(UpdateResult<T> result) {
        return switch (result) {
            case UpdateResult.Accepted<T>(T value) -> value;
            case UpdateResult.Refused<T>(var problem) ->
                throw new CliException(ExitCodes.REJECTED, problem.detail(), null);
            case UpdateResult.NothingRuns<T>(String detail) ->
                throw new CliException(ExitCodes.NOT_FOUND, detail, null);
            case UpdateResult.Unanswered<T>(Lookup.Source source, String detail) ->
                throw calls.unreachable(source, detail);
        };
    }

    private CliException unknown(NodeRef node) {
        String similar = NearestName.of(
                        node.cluster() + "/" + node.name(),
                        list(JoinFilter.all(), NAMES).stream()
                                .map(join -> ListedRequest.of(join).reference())
                                .collect(Collectors.toSet()))
                .map(name -> "; did you mean " + name + "?")
                .orElse("; nodejoin list shows the nodes that are known");
        return new CliException(
                ExitCodes.NOT_FOUND,
                "no join of " + node.name() + " to " + node.cluster() + " is known" + similar,
                null);
    }
}
