package io.nodejoin.protocol.agent;

/**
 * What one named check or undo found.
 *
 * @param name stable, in kebab case
 * @param detail what was seen
 * @param remedy the command or action that repairs it, empty for {@link Severity#INFO}
 */
public record Finding(String name, Severity severity, String detail, String remedy) {
    /** How much a finding matters. */
    public enum Severity {
        INFO,
        WARNING,
        ERROR
    }
}
