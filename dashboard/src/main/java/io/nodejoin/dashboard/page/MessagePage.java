package io.nodejoin.dashboard.page;

import java.util.List;

/**
 * A page with one message: what happened, why, what to do, and where to go on.
 *
 * @param sentences what happened and why, then what to do
 * @param ways where to go on, never empty
 */
public record MessagePage(PageLayout layout, String headline, List<String> sentences, List<Way> ways) {
    public MessagePage {
        sentences = List.copyOf(sentences);
        ways = List.copyOf(ways);
    }

    /** A link. */
    public record Way(String text, String href) {}
}
