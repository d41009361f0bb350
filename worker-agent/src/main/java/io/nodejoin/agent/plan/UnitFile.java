package io.nodejoin.agent.plan;

import java.util.List;
import java.util.Optional;

/** The text of a unit file. */
record UnitFile(String text) {
    private static final String KEY = "ExecStart=";

    /** Returns the paths at which systemd looks for a unit; the first existing one is used. */
    static List<String> searchPath(String unit) {
        return List.of("/etc/systemd/system/" + unit, "/usr/lib/systemd/system/" + unit);
    }

    /** Returns the command of a service, in one line; empty if it has none or several. */
    Optional<String> execStart() {
        List<String> commands = text.replaceAll("\\\\\\R\\s*", " ")
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(KEY) && line.length() > KEY.length())
                .map(line -> line.substring(KEY.length()).strip())
                .toList();
        return commands.size() == 1 ? Optional.of(commands.getFirst()) : Optional.empty();
    }
}
