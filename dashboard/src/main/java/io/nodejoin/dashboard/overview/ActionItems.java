package io.nodejoin.dashboard.overview;

import io.nodejoin.dashboard.Level;
import io.nodejoin.dashboard.ServiceStatus;
import io.nodejoin.dashboard.text.Format;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.event.EndedJoin;
import io.nodejoin.workflows.gateway.WaitingAgent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what a person has to see to: a sentence, a place and a runbook each. */
final class ActionItems {
    /** The others are in the list of joins. */
    private static final int MAX_RESIDUE = 5;

    private final List<Overview.NeedsYou> items = new ArrayList<>();

    void addStuck(long count, Duration p99) {
        if (count <= 0) {
            return;
        }
        items.add(new Overview.NeedsYou(
                Level.ATTENTION,
                (count == 1 ? "1 join runs" : Format.number(count) + " joins run") + " longer than "
                        + Format.duration(p99) + ", which hardly any successful join takes.",
                Links.olderThan(p99),
                "Show them",
                "join-hangs.md"));
    }

    void addResidue(List<EndedJoin> joins) {
        joins.stream()
                .limit(MAX_RESIDUE)
                .forEach(join -> items.add(new Overview.NeedsYou(
                        Level.BAD,
                        "The join of " + join.node() + " to " + join.cluster()
                                + " has ended, and this is not proved gone: " + String.join(", ", join.unproved())
                                + ".",
                        Links.join(join.cluster(), join.node()),
                        "Show the join",
                        "garbage-collection.md")));
    }

    void addDeadLetters(int count) {
        if (count > 0) {
            items.add(new Overview.NeedsYou(
                    Level.ATTENTION,
                    (count == 1 ? "1 request was refused" : Format.number(count) + " requests were refused")
                            + " in the last 24 h.",
                    Links.DEAD_LETTERS,
                    "Show the dead letters",
                    "dead-letters.md"));
        }
    }

    /** @param agents those that wait too long, the longest first */
    void addWaitingAgents(List<WaitingAgent> agents, Instant now) {
        if (agents.isEmpty()) {
            return;
        }
        WaitingAgent first = agents.getFirst();
        String longest =
                "the agent of " + first.node().name() + " in " + first.node().cluster() + ", at " + first.address()
                        + ", for " + Format.duration(Duration.between(first.since(), now));
        items.add(new Overview.NeedsYou(
                Level.ATTENTION,
                (agents.size() == 1 ? "1 agent waits" : Format.number(agents.size()) + " agents wait")
                        + " for a request that nobody has sent: "
                        + (agents.size() == 1 ? "" : "the longest is ") + longest + ".",
                Links.AGENTS,
                "Show the agents",
                "join-hangs.md"));
    }

    void addParts(List<ServiceStatus.Part> parts) {
        parts.stream()
                .filter(part -> part.level() != Level.OK)
                .forEach(part -> items.add(new Overview.NeedsYou(
                        part.level(),
                        capitalized(part.name()) + ": " + part.detail() + ".",
                        Links.PARTS,
                        "Show the parts",
                        "readiness.md")));
    }

    void addNotices(List<ServiceStatus.Notice> notices) {
        notices.forEach(notice -> items.add(new Overview.NeedsYou(
                notice.level(), notice.sentence(), Links.OPEN, "Show what runs", notice.runbook())));
    }

    List<Overview.NeedsYou> mostUrgentFirst() {
        return items.stream()
                .sorted(Comparator.comparing(Overview.NeedsYou::level).reversed())
                .toList();
    }

    private static String capitalized(String text) {
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
