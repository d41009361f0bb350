package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Members of KubeletConfiguration, under their own names. An absent member has the kubelet's default.
 *
 * <p>The constructor throws {@link IllegalArgumentException} that names an unknown key or an invalid quantity.
 *
 * @param kubeReserved resources reserved for kubelet and container runtime, by resource name
 * @param systemReserved resources reserved for other system processes, by resource name
 * @param evictionHard eviction thresholds by signal; other signals keep their default
 * @param containerLogMaxSize the size at which a container's log is rotated
 * @param containerLogMaxFiles the maximum number of log files per container
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record KubeletOptions(
        Map<String, String> kubeReserved,
        Map<String, String> systemReserved,
        Map<String, String> evictionHard,
        @Nullable String containerLogMaxSize,
        @Nullable Integer containerLogMaxFiles) {
    private static final Set<String> RESOURCES = Set.of("cpu", "ephemeral-storage", "memory", "pid");
    private static final Set<String> SIGNALS = Set.of(
            "imagefs.available",
            "imagefs.inodesFree",
            "memory.available",
            "nodefs.available",
            "nodefs.inodesFree",
            "pid.available");
    private static final Pattern QUANTITY = Pattern.compile("[0-9]{1,12}(\\.[0-9]{1,3})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?");
    private static final Pattern THRESHOLD = Pattern.compile(QUANTITY + "|[0-9]{1,2}(\\.[0-9]{1,3})?%");
    private static final int MIN_LOG_FILES = 2;
    private static final int MAX_LOG_FILES = 1000;

    public KubeletOptions {
        kubeReserved = requireAll("kubeReserved", kubeReserved, RESOURCES, QUANTITY);
        systemReserved = requireAll("systemReserved", systemReserved, RESOURCES, QUANTITY);
        evictionHard = requireAll("evictionHard", evictionHard, SIGNALS, THRESHOLD);
        if (containerLogMaxSize != null
                && !QUANTITY.matcher(containerLogMaxSize).matches()) {
            throw new IllegalArgumentException("containerLogMaxSize is no quantity such as 10Mi");
        }
        if (containerLogMaxFiles != null
                && (containerLogMaxFiles < MIN_LOG_FILES || containerLogMaxFiles > MAX_LOG_FILES)) {
            throw new IllegalArgumentException("containerLogMaxFiles is %d; allowed: %d to %d"
                    .formatted(containerLogMaxFiles, MIN_LOG_FILES, MAX_LOG_FILES));
        }
    }

    private static Map<String, String> requireAll(
            String name, @Nullable Map<String, String> values, Set<String> keys, Pattern form) {
        Map<String, String> copy = new TreeMap<>(values == null ? Map.of() : values);
        copy.forEach((key, value) -> {
            if (!keys.contains(key)) {
                throw new IllegalArgumentException(name + " knows only "
                        + String.join(", ", keys.stream().sorted().toList()));
            }
            if (value == null || !form.matcher(value).matches()) {
                throw new IllegalArgumentException(name + "." + key + " is no quantity such as 100m or 256Mi");
            }
        });
        return Collections.unmodifiableMap(copy);
    }
}
