package io.nodejoin.agent.facts;

import java.util.List;
import java.util.Set;

/**
 * The host state that a plan needs.
 *
 * @param paths files, directories and links; the last part of a path may contain one {@code *}
 * @param modules kernel modules
 * @param units systemd units
 * @param tables iptables tables; none are listed unless queried, since listing a table loads it
 */
public record HostQueries(Set<String> paths, List<String> modules, List<String> units, Set<String> tables) {
    public HostQueries {
        paths = Set.copyOf(paths);
        modules = List.copyOf(modules);
        units = List.copyOf(units);
        tables = Set.copyOf(tables);
    }
}
