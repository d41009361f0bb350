package io.nodejoin.agent.facts;

import io.nodejoin.agent.host.UnitState;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The host at one moment, as far as it was queried.
 *
 * @param swaps active swap devices
 * @param modules kernel modules that are loaded or built in
 * @param modulesLoadable whether this host has modules for its kernel
 * @param contents text of the files that exist
 * @param modes permission bits of what exists
 * @param units by name
 * @param rules rules of the iptables tables, as iptables lists them
 */
public record HostSnapshot(
        List<String> swaps,
        Set<String> modules,
        boolean modulesLoadable,
        Map<String, String> contents,
        Map<String, Integer> modes,
        Map<String, UnitState> units,
        Map<String, List<String>> rules) {
    public HostSnapshot {
        swaps = List.copyOf(swaps);
        modules = Set.copyOf(modules);
        contents = Map.copyOf(contents);
        modes = Map.copyOf(modes);
        units = Map.copyOf(units);
        rules = Map.copyOf(rules);
    }

    /** Returns whether the unit is active, and enabled by the host or its distribution. */
    public boolean isRunning(String unit) {
        UnitState state = units.getOrDefault(unit, UnitState.NOT_FOUND);
        return state.isActive() && (state.isEnabled() || state.unitFileState().equals("static"));
    }
}
