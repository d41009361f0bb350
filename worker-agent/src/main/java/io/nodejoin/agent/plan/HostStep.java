package io.nodejoin.agent.plan;

import java.util.List;

/** One named, idempotent change of the host. */
public sealed interface HostStep {
    /** What the step does, in a few words; the same step always has the same name. */
    String name();

    /**
     * A file with exactly this content and mode.
     *
     * @param secret the content is neither journalled nor shown, and undone by removal
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

    /** A directory whose later content is this join's and goes with it. */
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

    /** A unit that does not run for now. Undone, it is restarted, if it ran before. */
    record StopUnit(String unit) implements HostStep {
        @Override
        public String name() {
            return "stop " + unit;
        }
    }

    /** No such rule in a table of iptables. Its owner makes it again when it is restarted. */
    record RemoveRule(String table, List<String> rule) implements HostStep {
        public RemoveRule {
            rule = List.copyOf(rule);
        }

        @Override
        public String name() {
            return "remove from table " + table + ": " + String.join(" ", rule);
        }
    }

    /** No such chain in a table of iptables; nothing leads to it any more. Its owner makes it again. */
    record RemoveChain(String table, String chain) implements HostStep {
        @Override
        public String name() {
            return "remove from table " + table + ": chain " + chain;
        }
    }

    /** No such network interface. Its owner makes it again. */
    record DeleteLink(String link) implements HostStep {
        @Override
        public String name() {
            return "delete link " + link;
        }
    }

    /** A unit that runs and starts at boot. */
    record StartUnit(String unit) implements HostStep {
        @Override
        public String name() {
            return "start " + unit;
        }
    }
}
