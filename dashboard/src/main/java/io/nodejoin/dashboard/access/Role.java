package io.nodejoin.dashboard.access;

import java.util.Locale;

/** What a user may do; each role includes those before it. */
public enum Role {
    /** Sees every page. */
    VIEWER,
    /** Aborts joins and leaves as well. */
    OPERATOR;

    /** Returns whether a user of this role may do what the other role may do. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    /** Returns the name as it is written in the users file. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
