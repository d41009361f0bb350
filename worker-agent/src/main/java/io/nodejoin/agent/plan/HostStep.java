package io.nodejoin.agent.plan;

import java.util.List;

/** One named, idempotent change of the host. */
public sealed interface HostStep {
    /** Returns what the step does, in a few words; the same step always has the same name. */
    default String name() {
        return switch (this) {
            case WriteFile(String path, String _, int _, boolean _) -> "write " + path;
            case MakeDirectory(String path, int _) -> "make " + path;
            case ClaimDirectory(String path) -> "claim " + path;
            case CreateLink(String path, String _) -> "link " + path;
            case LoadModule(String module) -> "load module " + module;
            case SetSysctl(String file, String _) -> "set " + file;
            case SwitchSwapOff(String device) -> "switch swap off on " + device;
            case MaskUnit(String unit) -> "mask " + unit;
            case StopUnit(String unit) -> "stop " + unit;
            case RemoveRule(String table, List<String> rule) ->
                "remove from table " + table + ": " + String.join(" ", rule);
            case RemoveChain(String table, String chain) -> "remove from table " + table + ": chain " + chain;
            case DeleteLink(String link) -> "delete link " + link;
            case StartUnit(String unit) -> "start " + unit;
        };
    }

    /** Returns whether the step ends something that was in use, or that can be started. */
    default boolean disturbs() {
        return switch (this) {
            case SwitchSwapOff _, MaskUnit _, StopUnit _, RemoveRule _, RemoveChain _, DeleteLink _ -> true;
            case WriteFile _, MakeDirectory _, ClaimDirectory _, CreateLink _, LoadModule _, SetSysctl _, StartUnit _ ->
                false;
        };
    }

    /**
     * A file with exactly this content and mode.
     *
     * @param secret the content is neither journaled nor printed, and its undo deletes the file
     */
    record WriteFile(String path, String content, int mode, boolean secret) implements HostStep {
        @Override
        public String toString() {
            return name();
        }
    }

    /** A directory with this mode. */
    record MakeDirectory(String path, int mode) implements HostStep {}

    /** A directory whose later content belongs to this join and is deleted with it. */
    record ClaimDirectory(String path) implements HostStep {}

    /** A symbolic link in a claimed directory, whose undo restores or deletes it. */
    record CreateLink(String path, String target) implements HostStep {}

    /** A module in the running kernel. */
    record LoadModule(String module) implements HostStep {}

    /** A kernel setting, named by its file below {@code /proc/sys}. */
    record SetSysctl(String file, String value) implements HostStep {}

    /** A swap device that is off. */
    record SwitchSwapOff(String device) implements HostStep {}

    /** A unit that nothing can start. */
    record MaskUnit(String unit) implements HostStep {}

    /** A unit that is stopped. Its undo restarts it, if it ran before. */
    record StopUnit(String unit) implements HostStep {}

    /** Absence of this rule in an iptables table. Its owner creates it again when it is restarted. */
    record RemoveRule(String table, List<String> rule) implements HostStep {
        public RemoveRule {
            rule = List.copyOf(rule);
        }
    }

    /** Absence of this chain in an iptables table, once no rule jumps to it. Its owner creates it again. */
    record RemoveChain(String table, String chain) implements HostStep {}

    /** Absence of this network interface. Its owner creates it again. */
    record DeleteLink(String link) implements HostStep {}

    /** A unit that is started and enabled. */
    record StartUnit(String unit) implements HostStep {}
}
