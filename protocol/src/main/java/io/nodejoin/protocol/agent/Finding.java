package io.nodejoin.protocol.agent;

/**
 * The result of one named check, or of one undo.
 *
 * @param name stable, in kebab case
 * @param detail what was observed
 * @param remedy the command or action that repairs it, empty for {@link Severity#INFO}
 */
public record Finding(String name, Severity severity, String detail, String remedy) {
    /** The severity of a finding. */
    public enum Severity {
        INFO,
        WARNING,
        ERROR
    }
}
