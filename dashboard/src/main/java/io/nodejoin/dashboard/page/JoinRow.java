package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.text.Format;
import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.RequestKind;
import java.time.Instant;

/** One join in a list. */
public record JoinRow(JoinSummary join, Instant now) {
    public String node() {
        return join.node().name().value();
    }

    public String cluster() {
        return join.node().cluster().value();
    }

    public String href() {
        return Links.join(join.node());
    }

    public StateBadge badge() {
        return StateBadge.of(join);
    }

    /** Returns the phase, if the badge does not say it already. */
    public String phase() {
        return join.phase().terminal() ? "" : join.phase().name();
    }

    public String kind() {
        return join.kind() == RequestKind.LEAVE ? "leave" : "join";
    }

    public String reason() {
        return join.reason() == null ? "" : join.reason().name();
    }

    public String pool() {
        return join.pool() == null ? "" : join.pool().value();
    }

    public String started() {
        return Format.time(join.startedAt(), now);
    }

    public String startedIso() {
        return Format.iso(join.startedAt());
    }

    public String time() {
        return Format.duration(join.age(now));
    }
}
