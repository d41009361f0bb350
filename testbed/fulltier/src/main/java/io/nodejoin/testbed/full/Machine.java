package io.nodejoin.testbed.full;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What results depend on. Where they were taken is nobody's business: no name of a host. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Machine(
        int processors,
        @Nullable Long memoryMegabytes,
        @Nullable String kernel,
        @Nullable String jdk,
        @Nullable Boolean root) {
    /** What the builder of a kernel has added to its version. */
    private static final Pattern BUILD = Pattern.compile("[^0-9.].*");

    private static final Pattern MEMORY = Pattern.compile("MemTotal: +(\\d+) kB");

    static Machine here() {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                memory(),
                System.getProperty("os.name") + " "
                        + BUILD.matcher(System.getProperty("os.version")).replaceFirst(""),
                Runtime.version().toString(),
                System.getProperty("user.name").equals("root"));
    }

    private static @Nullable Long memory() {
        try {
            List<String> lines = Files.readAllLines(Path.of("/proc/meminfo"));
            Matcher matcher = MEMORY.matcher(String.join("\n", lines));
            return matcher.find() ? Long.parseLong(matcher.group(1)) / 1024 : null;
        } catch (IOException _) {
            return null;
        }
    }
}
