package io.nodejoin.agent.plan;

import java.util.List;

/** One named, idempotent change of the host. */
public sealed interface HostStep {
    /** Returns what the step does, in a few words; the same step always has the same name. */
    String name();

    /**
     * A file with exactly this content and mode.
     *
     * @param secret the content is neither journaled nor printed, and its undo deletes the file
     */
    record WriteFile(String path, String content, int mode, boolean secret) implements HostStep {
        @Override
        public String name() {
            return "write " + path;
        }

        @Override
        public String toString() {
            return name();
        }
    }

    /** A directory with this mode. */
    record MakeDirectory(String path, int mode) implements HostStep {
        @Override
        public String name() {
            return "make " + path;
        }
    }

    /** A directory whose later content belongs to this join and is deleted with it. */
    record ClaimDirectory(String path) implements HostStep {
        @Override
        public String name() {
            return "claim " + path;
        }
    }

    /** A module in the running kernel. */
    record LoadModule(String module) implements HostStep {
        @Override
        public String name() {
            return "load module " + module;
        }
    }

    /** A kernel setting, named by its file below {@code /proc/sys}. */
    record SetSysctl(String file, String value) implements HostStep {
        @Override
        public String name() {
            return "set " + file;
        }
    }

    /** A swap device that is off. */
    record SwitchSwapOff(String device) implements HostStep {
        @Override
        public String name() {
            return "switch swap off on " + device;
        }
    }

    /** A unit that nothing can start. */
    record MaskUnit(String unit) implements HostStep {
        @Override
        public String name() {
            return "mask " + unit;
        }
    }

    /** A unit that is stopped. Its undo restarts it, if it ran before. */
    record StopUnit(String unit) implements HostStep {
        @Override
        public String name() {
            return "stop " + unit;
        }
    }

    /** Absence of this rule in an iptables table. Its owner creates it again when it is restarted. */
    record RemoveRule(String table, List<String> rule) implements HostStep {
        public RemoveRule {
            rule = List.copyOf(rule);
        }

        @Override
        public String name() {
            return "remove from table " + table + ": " + String.join(" ", rule);
        }
    }

    /** Absence of this chain in an iptables table, once no rule jumps to it. Its owner creates it again. */
    record RemoveChain(String table, String chain) implements HostStep {
        @Override
        public String name() {
            return "remove from table " + table + ": chain " + chain;
        }
    }

    /** Absence of this network interface. Its owner creates it again. */
    record DeleteLink(String link) implements HostStep {
        @Override
        public String name() {
            return "delete link " + link;
        }
    }

    /** A unit that is started and enabled. */
    record StartUnit(String unit) implements HostStep {
        @Override
        public String name() {
            return "start " + unit;
        }
    }
}
