package io.nodejoin.dashboard.http;

import io.nodejoin.dashboard.access.Principal;
import io.nodejoin.dashboard.access.Role;
import io.nodejoin.dashboard.access.RoleClaim;
import io.nodejoin.dashboard.page.MessagePage;
import io.nodejoin.dashboard.page.MessagePage.Way;
import io.nodejoin.dashboard.page.PageLayout;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.join.JoinDetails;
import io.nodejoin.visibility.join.Lookup;
import io.nodejoin.workflows.node.NodeRef;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Pages that say why there is no other: what happened, why, what to do, where to go on. */
final class Messages {
    private static final Way OVERVIEW = new Way("Overview", Links.OVERVIEW);
    private static final Way SIGN_IN = new Way("Sign in", Links.SIGN_IN);
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

    Reply noSuchPool(Principal principal, String detail) {
        return page(
                principal,
                404,
                "There is no such pool",
                List.of(
                        sentence(detail),
                        "A pool is there as long as it has a machine, or a join waits for one. Its name may be mistyped."),
                List.of(new Way("All pools", Links.POOLS), OVERVIEW));
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

    /** A script of a page, or a form, has no session any more. */
    Reply sessionOver(Principal nobody) {
        return page(
                nobody,
                401,
                "You are not signed in",
                List.of("The session is over, or this browser has none. What was sent has not been done."),
                List.of(SIGN_IN));
    }

    Reply noRole(Principal nobody, String name, RoleClaim roles) {
        return page(
                nobody,
                403,
                "You have no role here",
                List.of(
                        "The issuer knows you as " + name + ", but the claim " + roles.claim()
                                + " of your ID token has none of the values that give a role.",
                        "Ask whoever keeps the issuer to add you, or whoever keeps the service about the settings"
                                + " dashboard.oidc.viewers and dashboard.oidc.operators."),
                List.of(SIGN_IN));
    }

    Reply signInRefused(Principal nobody, String detail, URI externalUrl) {
        return page(
                nobody,
                403,
                "You are not signed in",
                List.of(
                        sentence(detail),
                        "Sign in once more. If that does not help, open the dashboard at " + externalUrl
                                + ", and check the section dashboard.oidc of the service's configuration."),
                List.of(SIGN_IN));
    }

    Reply issuerUnavailable(Principal nobody, URI issuer, String detail, boolean hasUsers) {
        return page(
                nobody,
                503,
                "Nobody can sign in now",
                List.of(
                        sentence(detail),
                        "Check that " + issuer + " runs and can be reached from the service, and the settings"
                                + " dashboard.oidc.issuer and dashboard.oidc.caFile. Joins go on without it."),
                hasUsers ? List.of(SIGN_IN, new Way("Sign in with a password", Links.PASSWORD)) : List.of(SIGN_IN));
    }

    /** @param issuer where the issuer ends its own session; null if it has no such page */
    Reply signedOut(Principal nobody, @Nullable URI issuer) {
        return page(
                nobody,
                200,
                "You are signed out",
                List.of("The session has ended in this browser. The issuer may still know you."),
                issuer == null
                        ? List.of(SIGN_IN)
                        : List.of(SIGN_IN, new Way("Sign out at the issuer too", issuer.toString())));
    }

    Reply needsRole(Principal principal, Role role, String back) {
        String what = principal.equals(Principal.LOCAL)
                ? "Without users the dashboard is read-only. Set dashboard.usersFile or dashboard.oidc in the service's"
                        + " configuration, with a user of the role " + role.text() + "."
                : "You are " + principal.name() + " with the role "
                        + principal.role().text()
                        + ". This needs the role " + role.text()
                        + (principal.hasSession()
                                ? ": ask whoever keeps your groups at the issuer, then sign in anew."
                                : ": ask whoever keeps the users file of the service.");
        return page(
                principal, 403, "This is for the role " + role.text(), List.of(what), List.of(new Way("Back", back)));
    }

    Reply refused(Principal principal, String why) {
        return page(principal, 403, "The dashboard does not answer here", List.of(why), List.of(OVERVIEW));
    }

    Reply tooMany(Principal principal, String why) {
        return page(principal, 429, "Too many passwords", List.of(why), List.of(new Way("Try again", Links.OVERVIEW)));
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
        PageLayout layout = renderer.layout(headline, PageLayout.Section.NONE, principal, false);
        return Reply.html(status, renderer.render("message", new MessagePage(layout, headline, sentences, ways)));
    }

    private static String sentence(String detail) {
        String text = detail.isEmpty() ? detail : Character.toUpperCase(detail.charAt(0)) + detail.substring(1);
        return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
    }
}
