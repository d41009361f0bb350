package io.nodejoin.agent.host;

/**
 * The state of a unit, in systemd's own words.
 *
 * @param restarts number of automatic restarts since it was started
 */
public record UnitState(
        String loadState, String activeState, String subState, String result, String unitFileState, int restarts) {
    /** A unit that systemd does not know. */
    public static final UnitState NOT_FOUND = new UnitState("not-found", "inactive", "dead", "success", "", 0);

    /** Returns whether the unit runs. */
    public boolean isActive() {
        return activeState.equals("active");
    }

    /** Returns whether the unit starts at boot. */
    public boolean isEnabled() {
        return unitFileState.equals("enabled") || unitFileState.equals("enabled-runtime");
    }
}
