package io.nodejoin.testbed.provision;

import java.util.Locale;

/** The Debian that a host runs. */
public enum DebianRelease {
    BOOKWORM(12),
    TRIXIE(13);

    private final int number;

    DebianRelease(int number) {
        this.number = number;
    }

    /** Its number, as os-release has it. */
    public int number() {
        return number;
    }

    /** Its name, as mirrors have it. */
    public String codename() {
        return name().toLowerCase(Locale.ROOT);
    }
}
