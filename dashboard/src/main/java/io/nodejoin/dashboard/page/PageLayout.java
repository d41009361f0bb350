package io.nodejoin.dashboard.page;

import io.nodejoin.dashboard.access.Principal;
import io.nodejoin.dashboard.access.Role;
import org.jspecify.annotations.Nullable;

/**
 * What is around every page.
 *
 * @param title the page's title
 * @param section which entry of the navigation the page belongs to
 * @param signOutToken what proves that the button to sign out was shown; null if there is none
 * @param live whether the page is refreshed when something happens
 * @param style the address of the style sheet
 * @param script the address of the script
 */
public record PageLayout(
        String title,
        Section section,
        Principal principal,
        @Nullable String signOutToken,
        boolean live,
        String style,
        String script) {

    /** An entry of the navigation. */
    public enum Section {
        OVERVIEW,
        JOINS,
        POOLS,
        AGENTS,
        DEAD_LETTERS,
        NONE
    }

    /** Returns who looks, in words. */
    public String who() {
        if (principal.equals(Principal.NOBODY)) {
            return "Not signed in";
        }
        return principal.equals(Principal.LOCAL)
                ? "Read-only on this machine"
                : principal.name() + ", " + principal.role().text();
    }

    /** Returns whether the one who looks may act. */
    public boolean mayAct() {
        return principal.role().includes(Role.OPERATOR);
    }
}
