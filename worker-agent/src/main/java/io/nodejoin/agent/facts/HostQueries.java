package io.nodejoin.agent.facts;

import java.util.List;
import java.util.Set;

/**
 * What a plan asks of a host.
 *
 * @param paths files, directories and links whose state decides; the last part of a path may have one {@code *} in it
 * @param modules of the kernel
 * @param units of systemd
 * @param tables of iptables; none are listed where none is asked for, since listing one loads it
 */
public record HostQueries(Set<String> paths, List<String> modules, List<String> units, Set<String> tables) {
    public HostQueries {
        paths = Set.copyOf(paths);
        modules = List.copyOf(modules);
        units = List.copyOf(units);
        tables = Set.copyOf(tables);
    }
}
