package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.access.FormTokens;
import io.nodejoin.dashboard.access.Role;
import io.nodejoin.dashboard.page.ConfirmPage;
import io.nodejoin.dashboard.page.ConfirmPage.Question;
import io.nodejoin.dashboard.page.PageLayout;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.join.UpdateResult;
import io.nodejoin.workflows.pool.PoolRef;
import io.nodejoin.workflows.pool.PoolStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What operators do with pools, as with joins: asked for on a page of its own, and done by the form of that page. */
final class PoolForms {
    private final Sources sources;
    private final FormTokens tokens;
    private final Renderer renderer;
    private final Messages messages;

    PoolForms(Sources sources, FormTokens tokens, Renderer renderer, Messages messages) {
        this.sources = sources;
        this.tokens = tokens;
        this.renderer = renderer;
        this.messages = messages;
    }

    Reply setDraining(Call call, PoolRef pool, boolean draining) {
        if (!call.principal().role().includes(Role.OPERATOR)) {
            return messages.needsRole(call.principal(), Role.OPERATOR, Links.POOLS);
        }
        if (call.method() == Call.Method.GET) {
            return ask(call, pool, draining, null, 200);
        }
        if (!tokens.isValid(call.parameter("token"), call.principal(), action(pool, draining))) {
            return ask(call, pool, draining, OperatorForms.FORGED, 403);
        }
        return switch (sources.operations()
                .setDraining(pool, draining, call.principal().text())) {
            case UpdateResult.Accepted<PoolStatus> _ -> Reply.seeOther(Links.POOLS);
            case UpdateResult.Refused<PoolStatus>(var problem) -> ask(call, pool, draining, problem.toLine(), 409);
            case UpdateResult.NothingRuns<PoolStatus>(String detail) -> messages.noSuchPool(call.principal(), detail);
            case UpdateResult.Unanswered<PoolStatus>(var source, String detail) ->
                messages.unreachable(call.principal(), source, detail);
        };
    }

    private Reply ask(Call call, PoolRef pool, boolean draining, @Nullable String problem, int status) {
        String action = action(pool, draining);
        Question question = draining ? drainQuestion(pool) : undrainQuestion(pool);
        PageLayout layout = renderer.layout(question.headline(), PageLayout.Section.POOLS, call.principal(), false);
        ConfirmPage page = new ConfirmPage(
                layout, Links.POOLS, "Pools", question, action, tokens.issue(call.principal(), action), problem);
        return Reply.html(status, renderer.render("confirm", page));
    }

    private static String action(PoolRef pool, boolean draining) {
        return draining ? Links.drain(pool) : Links.undrain(pool);
    }

    private static Question drainQuestion(PoolRef pool) {
        return new Question(
                "Drain the pool %s of %s?".formatted(pool.pool(), pool.cluster()),
                List.of(
                        "Joins take no more machines of it: those that want one wait until their deadline. Its nodes stay."),
                null,
                null,
                "Drain",
                false,
                "Leave it");
    }

    private static Question undrainQuestion(PoolRef pool) {
        return new Question(
                "End the draining of the pool %s of %s?".formatted(pool.pool(), pool.cluster()),
                List.of("Joins that wait get the machines that are free at once."),
                null,
                null,
                "Undrain",
                false,
                "Leave it");
    }
}
