package io.nodejoin.agent;

import java.util.Objects;

/** The version of this build. */
final class Version {
    private Version() {}

    /** Returns the version in the jar's manifest; {@code development} when run from classes. */
    static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "development");
    }
}
