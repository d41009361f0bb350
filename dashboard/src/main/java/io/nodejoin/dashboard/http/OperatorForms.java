package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.Operations;
import io.nodejoin.dashboard.Operations.ReplayResult;
import io.nodejoin.dashboard.access.FormTokens;
import io.nodejoin.dashboard.access.Principal;
import io.nodejoin.dashboard.access.Role;
import io.nodejoin.dashboard.page.ConfirmPage;
import io.nodejoin.dashboard.page.ConfirmPage.ChoiceField;
import io.nodejoin.dashboard.page.ConfirmPage.Question;
import io.nodejoin.dashboard.page.ConfirmPage.TextField;
import io.nodejoin.dashboard.page.PageLayout;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.event.DeadLetter;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.visibility.join.RequestKind;
import io.nodejoin.visibility.join.UpdateResult;
import io.nodejoin.workflows.lifecycle.AbortRequest;
import io.nodejoin.workflows.lifecycle.DeadlineExtension;
import io.nodejoin.workflows.node.NodeRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What operators do: each action is asked for on a page of its own, and done by the form of that page. */
final class OperatorForms {
    private static final Map<String, Duration> EXTENSIONS = extensions();
    static final String FORGED = "This form is too old, or was not sent from this page. Send it once more.";

    private final Sources sources;
    private final FormTokens tokens;
    private final Renderer renderer;
    private final Messages messages;

    OperatorForms(Sources sources, FormTokens tokens, Renderer renderer, Messages messages) {
        this.sources = sources;
        this.tokens = tokens;
        this.renderer = renderer;
        this.messages = messages;
    }

    private static Map<String, Duration> extensions() {
        Map<String, Duration> extensions = new LinkedHashMap<>();
        extensions.put("10 minutes", Duration.ofMinutes(10));
        extensions.put("30 minutes", Duration.ofMinutes(30));
        extensions.put("1 hour", Duration.ofHours(1));
        extensions.put("4 hours", Duration.ofHours(4));
        return extensions;
    }

    /** What is asked about a join that runs. */
    @FunctionalInterface
    private interface JoinQuestion {
        Question of(JoinDetails details);
    }

    Reply abort(Call call, NodeRef node) {
        String reason = call.parameter("reason");
        JoinQuestion question = details -> abortQuestion(details.summary(), reason);
        return onRunningJoin(call, node, Links.abort(node), question, () -> {
            if (reason.isEmpty()) {
                return ask(call, node, Links.abort(node), question, "A reason is needed.", 400);
            }
            AbortRequest request = new AbortRequest(reason, operator(call.principal()), null, null);
            return done(call, node, Links.abort(node), question, operations().abort(node, request));
        });
    }

    Reply extend(Call call, NodeRef node) {
        String by = call.parameter("by");
        JoinQuestion question = details -> extendQuestion(details, by);
        return onRunningJoin(call, node, Links.extend(node), question, () -> {
            Duration extension = EXTENSIONS.get(by);
            if (extension == null) {
                return ask(call, node, Links.extend(node), question, "Choose how much longer it may take.", 400);
            }
            return messages.aboutJoin(call.principal(), node, sources.joins().details(node), details -> {
                Instant deadline = deadline(details).plus(extension).truncatedTo(ChronoUnit.SECONDS);
                return done(
                        call,
                        node,
                        Links.extend(node),
                        question,
                        operations().extendDeadline(node, new DeadlineExtension(deadline, operator(call.principal()))));
            });
        });
    }

    Reply replay(Call call, int partition, long offset) {
        String action = Links.replay(partition, offset);
        if (!isOperator(call)) {
            return messages.needsRole(call.principal(), Role.OPERATOR, Links.DEAD_LETTERS);
        }
        Optional<DeadLetter> letter = sources.deadLetters().since(Instant.EPOCH).stream()
                .filter(known -> known.partition() == partition && known.offset() == offset)
                .findFirst();
        if (letter.isEmpty()) {
            return messages.noSuchPage(call.principal());
        }
        Question question = replayQuestion(letter.get());
        if (call.method() == Call.Method.GET) {
            return replayForm(call, action, question, null, 200);
        }
        if (!tokens.isValid(call.parameter("token"), call.principal(), action)) {
            return replayForm(call, action, question, FORGED, 403);
        }
        return switch (operations().replay(partition, offset, operator(call.principal()))) {
            case ReplayResult.Published _ -> Reply.seeOther(Links.DEAD_LETTERS);
            case ReplayResult.Impossible(String detail) -> replayForm(call, action, question, detail, 409);
            case ReplayResult.Unavailable(String detail) -> replayForm(call, action, question, detail, 503);
        };
    }

    private Reply replayForm(Call call, String action, Question question, @Nullable String problem, int status) {
        PageLayout layout = renderer.layout("Replay", PageLayout.Section.DEAD_LETTERS, call.principal(), false);
        return form(
                call.principal(),
                new ConfirmPage(layout, Links.DEAD_LETTERS, "Dead letters", question, action, "", problem),
                status);
    }

    /** What the form of a page does once it is known to have been shown. */
    @FunctionalInterface
    private interface Action {
        Reply run();
    }

    private Reply onRunningJoin(Call call, NodeRef node, String action, JoinQuestion question, Action run) {
        if (!isOperator(call)) {
            return messages.needsRole(call.principal(), Role.OPERATOR, Links.join(node));
        }
        if (call.method() == Call.Method.GET) {
            return ask(call, node, action, question, null, 200);
        }
        return tokens.isValid(call.parameter("token"), call.principal(), action)
                ? run.run()
                : ask(call, node, action, question, FORGED, 403);
    }

    private <T> Reply done(Call call, NodeRef node, String action, JoinQuestion question, UpdateResult<T> result) {
        return switch (result) {
            case UpdateResult.Accepted<T> _ -> Reply.seeOther(Links.join(node));
            case UpdateResult.NothingRuns<T>(String detail) ->
                messages.noSuchJoin(call.principal(), detail, node.cluster().value());
            case UpdateResult.Refused<T>(var problem) -> ask(call, node, action, question, problem.toLine(), 409);
            case UpdateResult.Unanswered<T>(Lookup.Source source, String detail) ->
                messages.unreachable(call.principal(), source, detail);
        };
    }

    private Reply ask(
            Call call, NodeRef node, String action, JoinQuestion question, @Nullable String problem, int status) {
        return messages.aboutJoin(call.principal(), node, sources.joins().details(node), details -> {
            if (!details.summary().open()) {
                return Reply.seeOther(Links.join(node));
            }
            Question asked = question.of(details);
            PageLayout layout = renderer.layout(asked.headline(), PageLayout.Section.JOINS, call.principal(), false);
            return form(
                    call.principal(),
                    new ConfirmPage(layout, Links.join(node), node.name().value(), asked, action, "", problem),
                    status);
        });
    }

    private Reply form(Principal principal, ConfirmPage page, int status) {
        ConfirmPage proved = new ConfirmPage(
                page.layout(),
                page.back(),
                page.subject(),
                page.question(),
                page.action(),
                tokens.issue(principal, page.action()),
                page.problem());
        return Reply.html(status, renderer.render("confirm", proved));
    }

    private static Question abortQuestion(JoinSummary join, String reason) {
        boolean leave = join.kind() == RequestKind.LEAVE;
        String cluster = join.node().cluster().value();
        return new Question(
                "Abort the " + (leave ? "leave" : "join") + " of " + join.node().name() + "?",
                List.of(
                        leave
                                ? "The node is uncordoned and stays in " + cluster + ". The leave ends as failed."
                                : "What the join has created in " + cluster
                                        + " and on the host is taken back, and it ends as cancelled. The machine stays;"
                                        + " a new request can join it again."),
                new TextField("reason", "Reason, for those who read the event", reason),
                null,
                "Abort",
                true,
                "Keep it");
    }

    private Question extendQuestion(JoinDetails details, String by) {
        return new Question(
                "Extend the deadline of " + details.summary().node().name() + "?",
                List.of("It ends at " + deadline(details).truncatedTo(ChronoUnit.SECONDS)
                        + ". A join that waits for its node to be Ready then waits until the new deadline; other"
                        + " steps keep their limits."),
                null,
                new ChoiceField("by", "By how much", List.copyOf(EXTENSIONS.keySet()), by),
                "Extend",
                false,
                "Leave it");
    }

    private static Question replayQuestion(DeadLetter letter) {
        return new Question(
                "Publish this request again?",
                List.of(
                        "The request of " + (letter.key() == null ? "no key" : letter.key()) + " was refused: "
                                + letter.reason() + ", " + letter.detail() + ".",
                        "It goes to the requests topic with its key, value and headers. The dead letter stays. If its"
                                + " reason is not gone, it is refused again."),
                null,
                null,
                "Publish",
                false,
                "Leave it");
    }

    private Instant deadline(JoinDetails details) {
        return details.progress() == null
                ? sources.clock().instant()
                : details.progress().deadline();
    }

    private Operations operations() {
        return sources.operations();
    }

    private static String operator(Principal principal) {
        return principal.text();
    }

    private static boolean isOperator(Call call) {
        return call.principal().role().includes(Role.OPERATOR);
    }
}
