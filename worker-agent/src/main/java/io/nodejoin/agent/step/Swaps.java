package io.nodejoin.agent.step;

import io.nodejoin.agent.host.HostFiles;
import java.nio.charset.StandardCharsets;

/** The swap devices that are in use, as the kernel lists them. */
record Swaps(HostFiles files) {
    boolean hold(String device) {
        String escaped = device.replace(" ", "\\040");
        return files.read("/proc/swaps")
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("")
                .lines()
                .anyMatch(line -> line.split("\\s+", 2)[0].equals(escaped));
    }
}
