package io.nodejoin.protocol.agent;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The containerd configuration that a cluster requires of its hosts. An absent member leaves the host's value
 * unchanged.
 *
 * <p>The constructor throws {@link IllegalArgumentException} that names an invalid image, registry or mirror.
 *
 * @param cgroupDriver cgroup driver of the default runtime and of the kubelet
 * @param sandboxImage the image of the container that holds a pod's namespaces
 * @param registryMirrors mirrors by the registry's host or {@code _default}; containerd tries them in order, before the
 *     registry itself
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ContainerdSettings(
        @Nullable CgroupDriver cgroupDriver, @Nullable String sandboxImage, Map<String, List<URI>> registryMirrors) {
    private static final Pattern IMAGE = Pattern.compile("[A-Za-z0-9][-A-Za-z0-9._:/@]{0,254}");
    private static final Pattern REGISTRY =
            Pattern.compile("_default|[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?(:[0-9]{1,5})?");
    private static final Pattern MIRROR =
            Pattern.compile("https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?(/[-A-Za-z0-9._~/]{0,256})?");

    @SuppressWarnings("ConstantValue") // an absent member is null after JSON parsing
    public ContainerdSettings {
        if (sandboxImage != null && !IMAGE.matcher(sandboxImage).matches()) {
            throw new IllegalArgumentException("sandboxImage is no reference of an image");
        }
        Map<String, List<URI>> copy = new TreeMap<>();
        (registryMirrors == null ? Map.<String, List<URI>>of() : registryMirrors)
                .forEach((registry, mirrors) -> copy.put(requireRegistry(registry), requireMirrors(mirrors)));
        registryMirrors = Collections.unmodifiableMap(copy);
    }

    private static String requireRegistry(String registry) {
        if (!REGISTRY.matcher(registry).matches()) {
            throw new IllegalArgumentException(
                    "registryMirrors has a key that is neither _default nor a registry's host and port");
        }
        return registry;
    }

    private static List<URI> requireMirrors(@Nullable List<URI> mirrors) {
        if (mirrors == null
                || mirrors.isEmpty()
                || !mirrors.stream()
                        .allMatch(mirror -> MIRROR.matcher(mirror.toString()).matches())) {
            throw new IllegalArgumentException(
                    "registryMirrors needs at least one URL for each registry, http or https, without user and query");
        }
        return List.copyOf(mirrors);
    }
}
