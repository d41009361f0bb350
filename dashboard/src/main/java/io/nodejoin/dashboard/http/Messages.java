package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.access.Principal;
import io.nodejoin.dashboard.access.Role;
import io.nodejoin.dashboard.page.Chrome;
import io.nodejoin.dashboard.page.MessagePage;
import io.nodejoin.dashboard.page.MessagePage.Way;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.node.NodeRef;
import java.util.List;
import java.util.function.Function;

/** Pages that say why there is no other: what happened, why, what to do, where to go on. */
final class Messages {
    private static final Way OVERVIEW = new Way("Overview", Links.OVERVIEW);
    private static final Way JOINS = new Way("All joins", Links.JOINS);

    private final Renderer renderer;

    Messages(Renderer renderer) {
        this.renderer = renderer;
    }

    Reply noSuchPage(Principal principal) {
        return page(
                principal,
                404,
                "There is no such page",
                List.of("The address may be mistyped, or the page may have moved."),
                List.of(OVERVIEW, JOINS));
    }

    /** Answers with what this makes of a join that is known, or says why it is not. */
    Reply aboutJoin(Principal principal, NodeRef node, Lookup<JoinDetails> join, Function<JoinDetails, Reply> reply) {
        return switch (join) {
            case Lookup.Found<JoinDetails>(JoinDetails details) -> reply.apply(details);
            case Lookup.NotFound<JoinDetails>(String detail) ->
                noSuchJoin(principal, detail, node.cluster().value());
            case Lookup.Unreachable<JoinDetails>(Lookup.Source source, String detail) ->
                unreachable(principal, source, detail);
        };
    }

    Reply noSuchJoin(Principal principal, String detail, String cluster) {
        return page(
                principal,
                404,
                "This join is not known",
                List.of(
                        sentence(detail),
                        "It may never have been requested, its name may be mistyped, or Temporal's retention may be"
                                + " over: then its events are still on the events topic as long as Kafka keeps them."),
                List.of(new Way("Joins of " + cluster, Links.JOINS + "?cluster=" + cluster), OVERVIEW));
    }

    Reply unreachable(Principal principal, Lookup.Source source, String detail) {
        return page(
                principal,
                503,
                "Nobody answers",
                List.of(
                        sentence(detail),
                        switch (source) {
                            case TEMPORAL ->
                                "Check that Temporal runs and that the setting temporal.target is its address, then"
                                        + " load this page again.";
                            case WORKER -> "Check the parts of the service on the overview, then load this page again.";
                        }),
                List.of(OVERVIEW));
    }

    Reply needsRole(Principal principal, Role role, String back) {
        String what = principal.equals(Principal.LOCAL)
                ? "Without users the dashboard is read-only. Set dashboard.usersFile in the service's configuration,"
                        + " with a user of the role " + role.text() + "."
                : "You are " + principal.name() + " with the role "
                        + principal.role().text()
                        + ". This needs the role " + role.text()
                        + ": ask whoever keeps the users file of the service.";
        return page(
                principal, 403, "This is for the role " + role.text(), List.of(what), List.of(new Way("Back", back)));
    }

    Reply refused(Principal principal, String why) {
        return page(principal, 403, "The dashboard does not answer here", List.of(why), List.of(OVERVIEW));
    }

    Reply notAllowed(Principal principal) {
        return page(
                principal,
                405,
                "This page takes no such request",
                List.of("Pages are read by GET; only the forms of operators are sent by POST."),
                List.of(OVERVIEW));
    }

    Reply loginNeeded(Principal nobody) {
        return page(
                        nobody,
                        401,
                        "A user and a password are needed",
                        List.of("They are in the file that the setting dashboard.usersFile of the service names."),
                        List.of(new Way("Try again", Links.OVERVIEW)))
                .with("WWW-Authenticate", "Basic realm=\"Nodejoin\", charset=\"UTF-8\"");
    }

    Reply failed(Principal principal) {
        return page(
                principal,
                500,
                "This page cannot be shown",
                List.of("It is a defect in Nodejoin. The service log has its cause; please report it."),
                List.of(OVERVIEW));
    }

    private Reply page(Principal principal, int status, String headline, List<String> sentences, List<Way> ways) {
        Chrome chrome = renderer.chrome(headline, Chrome.Section.NONE, principal, false);
        return Reply.html(status, renderer.render("message", new MessagePage(chrome, headline, sentences, ways)));
    }

    private static String sentence(String detail) {
        String text = detail.isEmpty() ? detail : Character.toUpperCase(detail.charAt(0)) + detail.substring(1);
        return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
    }
}
