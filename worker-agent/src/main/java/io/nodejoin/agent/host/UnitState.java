package io.nodejoin.agent.host;

/**
 * The properties of a unit that the agent judges by, in systemd's own words.
 *
 * @param restarts how often systemd has restarted it since it was started
 */
public record UnitState(
        String loadState, String activeState, String subState, String result, String unitFileState, int restarts) {
    /** A unit that systemd does not know. */
    public static final UnitState NOT_FOUND = new UnitState("not-found", "inactive", "dead", "success", "", 0);

    /** Whether the unit runs. */
    public boolean isActive() {
        return activeState.equals("active");
    }

    /** Whether the unit starts at boot. */
    public boolean isEnabled() {
        return unitFileState.equals("enabled") || unitFileState.equals("enabled-runtime");
    }
}
