package io.nodejoin.dashboard.access;

/** How the dashboard is opened. */
public sealed interface Access {
    /**
     * It is not served.
     *
     * @param why a sentence with the setting that changes it
     */
    record Closed(String why) implements Access {}

    /** Everybody on this machine may look. */
    record LocalReadOnly() implements Access {}

    /** Users with a password, by basic authentication. */
    record Basic(Users users) implements Access {}
}
