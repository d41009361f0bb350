package io.nodejoin.dashboard.access;

/** The one who sends a request. */
public record Principal(String name, Role role) {
    /** Anybody on this machine, where no users are configured. */
    public static final Principal LOCAL = new Principal("local", Role.VIEWER);
}
