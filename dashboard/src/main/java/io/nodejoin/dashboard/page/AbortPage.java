package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.text.Links;
import io.nodejoin.visibility.join.JoinSummary;
import io.nodejoin.visibility.join.RequestKind;
import org.jspecify.annotations.Nullable;

/**
 * The page that asks whether to abort a join.
 *
 * @param token what proves that this page was shown
 * @param problem what was wrong with the form that was sent; null if none was sent
 */
public record AbortPage(
        Chrome chrome,
        JoinSummary join,
        String token,
        String reason,
        @Nullable String problem) {
    public String node() {
        return join.node().name().value();
    }

    public String cluster() {
        return join.node().cluster().value();
    }

    public boolean leave() {
        return join.kind() == RequestKind.LEAVE;
    }

    public String action() {
        return Links.abort(join.node());
    }

    public String back() {
        return Links.join(join.node());
    }
}
