package io.nodejoin.testbed.preflight;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Go of this machine.
 *
 * @param version as go names it, or empty if there is none
 * @param cache where it keeps compiled packages
 * @param modules where it keeps sources
 */
record GoToolchain(String version, Path cache, Path modules) {
    private static final int OLDEST_MINOR = 21;
    private static final String BRING_GO =
            "run 'apt-get install golang-go' as root (on Debian before 13 or Ubuntu before 24.04 unpack Go from go.dev/dl"
                    + " instead) and put go on the PATH";

    /** Asks the go on the PATH. */
    static Optional<GoToolchain> find(Tools tools) {
        if (!tools.has("go")) {
            return Optional.empty();
        }
        return Probe.ask(List.of("go", "env", "GOVERSION", "GOCACHE", "GOMODCACHE"))
                .map(answer -> answer.lines().toList())
                .filter(lines -> lines.size() == 3)
                .map(lines -> new GoToolchain(lines.get(0), Path.of(lines.get(1)), Path.of(lines.get(2))));
    }

    /** From 1.21 on, Go brings the newer toolchain that a module asks for. */
    static List<String> obstacles(Optional<GoToolchain> go) {
        if (go.isEmpty()) {
            return List.of("Go is missing: " + BRING_GO);
        }
        String version = go.get().version();
        Matcher minor = Pattern.compile("go1\\.(\\d+)").matcher(version);
        boolean enough = minor.find() && Integer.parseInt(minor.group(1)) >= OLDEST_MINOR;
        return enough
                ? List.of()
                : List.of("Go 1." + OLDEST_MINOR + " or newer is needed, found '" + version + "': " + BRING_GO);
    }
}
