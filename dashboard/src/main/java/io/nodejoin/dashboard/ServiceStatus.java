package io.nodejoin.dashboard;

import java.util.List;

/** What the service knows of its own parts. */
public interface ServiceStatus {
    /** Returns the parts that it depends on, from the latest probes; does not block. */
    List<Part> parts();

    /** Returns what an operator has to see to, as far as its own parts know of it; does not block. */
    List<Notice> notices();

    /**
     * One part.
     *
     * @param detail what is wrong; empty if nothing is
     */
    record Part(String name, Level level, String detail) {}

    /**
     * What an operator has to see to.
     *
     * @param runbook the page of the operations manual about it, relative to {@code docs/operations}
     */
    record Notice(Level level, String sentence, String runbook) {}
}
